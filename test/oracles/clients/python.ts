import { fileURLToPath } from 'node:url'
import { runCommand } from '../../../scripts/real-kafka/run-command.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'

/**
 * Runs a script of test/oracles/python with one JSON argument on its standard input and expects one JSON value on its
 * standard output. Bytes travel as hexadecimal text.
 */
export async function python(script: string, argument: object, timeoutMs = 60_000): Promise<unknown> {
  const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url))
  const { stdout } = await runCommand(realEnvironment().python, ['-W', 'ignore', path], {
    input: JSON.stringify(argument),
    timeoutMs,
  })
  return JSON.parse(stdout)
}
