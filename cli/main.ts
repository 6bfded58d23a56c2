#!/usr/bin/env node
/**
 * The `millrace` command. Each verb is a file that is loaded when it is called: `--help` and `run` load neither the
 * compiler nor the TypeScript that it stands on.
 */
import { defineCommand, renderUsage, runCommand, type CommandDef } from 'citty'
import { createRequire } from 'node:module'
import { didYouMean } from './did-you-mean.js'
import { ExitCode } from './exit-code.js'
import { requirePeer } from './require-peer.js'
import { createTerminal } from './terminal.js'
import { UsageError } from './usage-error.js'

/** Verbs that compile say what is missing before a loader would fail. */
const compiling = (load: () => Promise<{ readonly default: CommandDef }>) => async (): Promise<CommandDef> => {
  requirePeer('ts-morph')
  requirePeer('esbuild')
  return (await load()).default
}

const plain = (load: () => Promise<{ readonly default: CommandDef }>) => async (): Promise<CommandDef> =>
  (await load()).default

type Verbs = Readonly<Record<string, () => Promise<CommandDef>>>

const schemaVerbs: Verbs = {
  pull: compiling(() => import('./commands/schema/pull.js')),
  diff: compiling(() => import('./commands/schema/diff.js')),
  check: compiling(() => import('./commands/schema/check.js')),
  register: compiling(() => import('./commands/schema/register.js')),
}

const verbs: Verbs = {
  init: plain(() => import('./commands/init.js')),
  build: compiling(() => import('./commands/build.js')),
  run: plain(() => import('./commands/run.js')),
  dev: compiling(() => import('./commands/dev.js')),
  check: compiling(() => import('./commands/check.js')),
  explain: compiling(() => import('./commands/explain.js')),
  schema: () =>
    Promise.resolve(
      defineCommand({
        meta: { name: 'schema', description: 'Schemas of the registry: pull | diff | check | register' },
        subCommands: { ...schemaVerbs },
      }) as CommandDef,
    ),
  produce: plain(() => import('./commands/produce.js')),
  tail: plain(() => import('./commands/tail.js')),
}

const version = (createRequire(import.meta.url)('millrace/package.json') as { version: string }).version

const main = defineCommand({
  meta: { name: 'millrace', version, description: 'Kafka stream processing in TypeScript' },
  subCommands: { ...verbs },
}) as CommandDef

interface Target {
  readonly command: CommandDef
  readonly parent: CommandDef | undefined
  readonly rest: readonly string[]
}

/** The verb that the arguments name: `schema pull x` → pull, with ['x']. */
async function findVerb(argv: readonly string[]): Promise<Target> {
  const [name, ...rest] = argv
  if (name === undefined || name.startsWith('-')) return { command: main, parent: undefined, rest: argv }
  const command = await load(verbs, name, '')
  if (name !== 'schema') return { command, parent: main, rest }
  const [verb, ...others] = rest
  if (verb === undefined || verb.startsWith('-')) return { command, parent: main, rest }
  return { command: await load(schemaVerbs, verb, 'schema '), parent: command, rest: others }
}

async function load(from: Verbs, name: string, prefix: string): Promise<CommandDef> {
  const verb = Object.hasOwn(from, name) ? from[name] : undefined
  if (verb !== undefined) return await verb()
  const near = didYouMean(name, Object.keys(from))
  throw new UsageError(
    `unknown command '${prefix}${name}'`,
    near === undefined ? `commands: ${Object.keys(from).join(', ')}` : `did you mean 'millrace ${prefix}${near}'?`,
  )
}

async function run(argv: readonly string[]): Promise<ExitCode> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${version}\n`)
    return ExitCode.Ok
  }
  const { command, parent, rest } = await findVerb(argv)
  const wantsHelp = rest.includes('--help') || rest.includes('-h')
  if (wantsHelp || command.run === undefined) {
    process.stdout.write(`${await renderUsage(command, parent)}\n`)
    if (!wantsHelp && rest.length > 0) throw new UsageError(`unknown option ${rest.join(' ')}`)
    return wantsHelp || argv.length === 0 ? ExitCode.Ok : ExitCode.Usage
  }
  const { result } = await runCommand(command, { rawArgs: [...rest] })
  return result as ExitCode
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): ExitCode {
  const terminal = createTerminal()
  if (error instanceof UsageError) {
    terminal.error(error.message, error.help)
    return ExitCode.Usage
  }
  if (error instanceof Error && error.name === 'CLIError') {
    terminal.error(error.message, 'millrace --help')
    return ExitCode.Usage
  }
  if (isForeseen(error)) {
    terminal.error(error.message, error.help)
    return ExitCode.Failed
  }
  // What reaches this place is a bug of ours, or a failure that a command did not foresee: the stack is wanted.
  terminal.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return ExitCode.Failed
}

/** Errors of registry, lock and broker say by themselves what to do, or whether another try may succeed. */
function isForeseen(error: unknown): error is Error & { readonly help?: string } {
  return error instanceof Error && ('help' in error || 'retriable' in error)
}
