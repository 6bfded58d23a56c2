#!/usr/bin/env node
/**
 * The `millrace` command. Each verb is a file that is loaded when it is called: `--help` and `run` load neither the
 * compiler nor the TypeScript that it stands on.
 */
import { runCommand, type ArgsDef, type CommandDef } from 'citty'
import { createRequire } from 'node:module'
import pc from 'picocolors'
import { didYouMean } from './did-you-mean.js'
import { ExitCode } from './exit-code.js'
import { reportError } from './report-error.js'
import { createTerminal, supportsColor } from './terminal.js'
import { UsageError } from './usage-error.js'
import { usageText } from './usage-text.js'
import { descriptions, schemaVerbs, verbs, type Verbs } from './verbs.js'

const version = (createRequire(import.meta.url)('millrace/package.json') as { version: string }).version

interface Target {
  /** As it is typed: `millrace schema pull`. */
  readonly name: string
  readonly description: string
  readonly command: CommandDef
  /** Verbs below it. */
  readonly below: Verbs
  readonly rest: readonly string[]
}

/** The verb that the arguments name: `schema pull x` → pull, with ['x']. */
async function findVerb(argv: readonly string[]): Promise<Target> {
  const [name, ...rest] = argv
  if (isAbsent(name)) {
    return {
      name: 'millrace',
      description: `Kafka stream processing in TypeScript, version ${version}`,
      command: {},
      below: verbs,
      rest: argv,
    }
  }
  const [verb, ...others] = rest
  return name === 'schema' && !isAbsent(verb)
    ? await target(schemaVerbs, verb, 'millrace schema', others)
    : await target(verbs, name, 'millrace', rest)
}

const isAbsent = (word: string | undefined): word is undefined => word === undefined || word.startsWith('-')

async function target(from: Verbs, word: string, before: string, rest: readonly string[]): Promise<Target> {
  const verb = Object.hasOwn(from, word) ? from[word] : undefined
  const name = `${before} ${word}`
  if (verb !== undefined) {
    const below = from === verbs && word === 'schema' ? schemaVerbs : {}
    return { name, description: verb.description, command: await verb.load(), below, rest }
  }
  const near = didYouMean(word, Object.keys(from))
  throw new UsageError(
    `unknown command '${name}'`,
    near === undefined ? `commands: ${Object.keys(from).join(', ')}` : `did you mean '${before} ${near}'?`,
  )
}

const helpArg = { help: { type: 'boolean', alias: 'h', description: 'Print this' } } as const

async function run(argv: readonly string[]): Promise<ExitCode> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${version}\n`)
    return ExitCode.Ok
  }
  const { name, description, command, below, rest } = await findVerb(argv)
  const wantsHelp = rest.includes('--help') || rest.includes('-h')
  if (wantsHelp || command.run === undefined) {
    if (!wantsHelp && rest.length > 0) throw new UsageError(`unknown option ${rest.join(' ')}`, `${name} --help`)
    const own = await (typeof command.args === 'function' ? command.args() : command.args)
    const args: ArgsDef = { ...own, ...helpArg }
    const usage = { name, description, args, verbs: descriptions(below) }
    process.stdout.write(`${usageText(usage, pc.createColors(supportsColor(process.stdout)))}\n`)
    return wantsHelp || argv.length === 0 ? ExitCode.Ok : ExitCode.Usage
  }
  try {
    const { result } = await runCommand(command, { rawArgs: [...rest] })
    return result as ExitCode
  } catch (error) {
    // citty's own: a required argument is missing.
    if (error instanceof Error && error.name === 'CLIError') throw new UsageError(error.message, `${name} --help`)
    throw error
  }
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.exitCode = reportError(createTerminal({ json: process.argv.includes('--json') }), error)
}
