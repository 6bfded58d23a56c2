/** `jiti scripts/real-kafka/with.ts command…`: runs it beside a real broker and registry, those given or new ones. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { environmentFromVariables, environmentVariables, startRealEnvironment } from './environment.js'

const [command, ...args] = process.argv.slice(2)
if (command === undefined) throw new Error('usage: with.ts command [argument…]')
const given = environmentFromVariables(process.env)
const started =
  given === undefined
    ? await startRealEnvironment((line) => {
        console.error(line)
      })
    : undefined
const environment = given ?? started
try {
  const env = { ...process.env, ...(environment === undefined ? {} : environmentVariables(environment)) }
  const child = spawn(command, args, { env, stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
} finally {
  await started?.stop()
}
