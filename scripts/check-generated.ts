/**
 * `npm run generated:check`: everything that is generated and checked in is what its generator writes today. Fails with
 * the output of what is stale. Needs `npm run build` before it.
 */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from './real-kafka/run-command.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const examples = join(root, 'examples')

const configured: string[] = []
for (const folder of (await readdir(examples)).sort()) {
  const files = await readdir(join(examples, folder))
  if (files.includes('millrace.config.ts')) configured.push(folder)
}
if (configured.length === 0) throw new Error(`no example with a millrace.config.ts under ${examples}`)

const checks = [
  { what: 'protocol', command: 'npm', args: ['run', '-s', 'generate:protocol', '--', '--check'], cwd: root },
  ...configured.map((folder) => ({
    what: `examples/${folder}`,
    command: process.execPath,
    args: [join(root, 'dist/cli/main.js'), 'build', '--frozen'],
    cwd: join(examples, folder),
  })),
]

for (const { what, command, args, cwd } of checks) {
  try {
    await runCommand(command, args, { cwd })
    console.log(`fresh  ${what}`)
  } catch (error) {
    process.exitCode = 1
    console.log(`STALE  ${what}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
