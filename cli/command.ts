/**
 * How a verb of the command line is declared: citty's command with our common options and exit codes. Its name and
 * description stand in verbs.ts.
 */
import { defineCommand, type ArgsDef, type CommandDef, type ParsedArgs } from 'citty'
import { resolve } from 'node:path'
import { didYouMean } from './did-you-mean.js'
import { type ExitCode } from './exit-code.js'
import { createTerminal, type Terminal } from './terminal.js'
import { UsageError } from './usage-error.js'

const commonArgs = {
  cwd: { type: 'string', description: 'Project folder (default: where you are)', valueHint: 'folder' },
  config: {
    type: 'string',
    description: 'Configuration file (default: millrace.config.ts, .js or .mjs)',
    valueHint: 'file',
  },
  json: { type: 'boolean', description: 'Print the result as JSON on standard output' },
} as const satisfies ArgsDef

export interface CommandContext {
  readonly terminal: Terminal
  /** Absolute path of the project folder. */
  readonly cwd: string
  /** As given by --config. */
  readonly configFile: string | undefined
}

export interface CommandSpec<T extends ArgsDef> {
  readonly args: T
  run(context: CommandContext, args: ParsedArgs<T>): Promise<ExitCode>
}

export function command<const T extends ArgsDef>(spec: CommandSpec<T>): CommandDef {
  const args = { ...spec.args, ...commonArgs }
  return defineCommand({
    args,
    run: async ({ args: parsed, rawArgs }) => {
      refuseWrongOptions(args, parsed, rawArgs)
      const given = parsed as Readonly<Record<string, unknown>>
      return await spec.run(
        {
          terminal: createTerminal({ json: given['json'] === true }),
          cwd: resolve(typeof given['cwd'] === 'string' ? given['cwd'] : '.'),
          configFile: typeof given['config'] === 'string' ? given['config'] : undefined,
        },
        parsed as unknown as ParsedArgs<T>,
      )
    },
  }) as unknown as CommandDef
}

/** citty ignores options that it does not know, and values that are missing; what is misspelt must not pass in silence. */
function refuseWrongOptions(args: ArgsDef, parsed: Readonly<Record<string, unknown>>, given: readonly string[]): void {
  const known = new Set(['_'])
  for (const [name, definition] of Object.entries(args)) {
    known.add(name).add(camelCase(name)).add(kebabCase(name))
    const alias = 'alias' in definition ? definition.alias : undefined
    for (const other of alias === undefined ? [] : [alias].flat()) known.add(other)
    if (definition.type === 'string' && parsed[name] === '') throw new UsageError(`option --${name} wants a value`)
  }
  for (const name of Object.keys(parsed)) {
    if (!known.has(name)) refuseOption(name, args, given)
  }
  const positionals = Object.values(args).filter((definition) => definition.type === 'positional').length
  const extra = (parsed['_'] as readonly string[])[positionals]
  if (extra !== undefined) throw new UsageError(`unexpected argument '${extra}'`)
}

/** As it was typed: `--no-x` is parsed as x, `-x` has one dash. */
function refuseOption(name: string, args: ArgsDef, given: readonly string[]): never {
  const options = Object.entries(args).filter(([, { type }]) => type !== 'positional')
  if (given.some((text) => text.startsWith(`--no-${name}`))) {
    const near = didYouMean(
      name,
      options.filter(([, { type }]) => type === 'boolean').map(([option]) => option),
    )
    throw new UsageError(`unknown option --no-${name}`, near === undefined ? undefined : `did you mean --no-${near}?`)
  }
  const near = didYouMean(
    name,
    options.map(([option]) => option),
  )
  const dashes = name.length === 1 ? '-' : '--'
  throw new UsageError(`unknown option ${dashes}${name}`, near === undefined ? undefined : `did you mean --${near}?`)
}

const camelCase = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
const kebabCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
