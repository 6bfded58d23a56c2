/** The text of `--help`. Option names and values as they are typed, in one column, without trailing blanks. */
import type { ArgDef, ArgsDef } from 'citty'
import type pc from 'picocolors'

type Colors = ReturnType<typeof pc.createColors>

export interface Usage {
  /** As it is typed: `millrace schema pull`. */
  readonly name: string
  readonly description: string
  readonly args: ArgsDef
  /** Description by name; empty: the verb has none below it. */
  readonly verbs: Readonly<Record<string, string>>
}

type Row = readonly [term: string, meaning: string]

export function usageText({ name, description, args, verbs }: Usage, paint: Colors): string {
  const named = Object.entries(args)
  const positionals = named.filter(([, { type }]) => type === 'positional')
  const options = named.filter(([, { type }]) => type !== 'positional')
  const below = Object.entries(verbs)
  const line = [
    name,
    ...(below.length > 0 ? ['<command>'] : []),
    ...positionals.map(([argument, definition]) => placeholder(argument, definition)),
    ...(options.length > 0 ? ['[options]'] : []),
  ]
  return [
    description,
    `${paint.bold('Usage:')} ${line.join(' ')}`,
    section(
      'Arguments',
      positionals.map(([argument, definition]) => [placeholder(argument, definition), definition.description ?? '']),
      paint,
    ),
    section('Commands', below, paint),
    section('Options', options.flatMap(optionRows), paint),
    ...(below.length > 0 ? [paint.dim(`${name} <command> --help tells more about a command.`)] : []),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const placeholder = (name: string, { required }: ArgDef): string => (required === false ? `[${name}]` : `<${name}>`)

/** A switch that is on by itself is shown by what turns it off. */
function optionRows([name, definition]: readonly [string, ArgDef]): readonly Row[] {
  const { description = '' } = definition
  if (definition.type !== 'boolean') {
    const hint = definition.valueHint ?? name
    const usual = typeof definition.default === 'string' ? ` (default: ${definition.default})` : ''
    return [[`--${name} <${hint}>`, `${description}${usual}`]]
  }
  if (definition.default === true) return [[`--no-${name}`, definition.negativeDescription ?? description]]
  const short = [definition.alias ?? []].flat().map((alias) => `-${alias}, `)
  return [[`${short.join('')}--${name}`, description]]
}

function section(title: string, rows: readonly Row[], paint: Colors): string {
  if (rows.length === 0) return ''
  const width = Math.max(...rows.map(([term]) => term.length))
  const lines = rows.map(([term, meaning]) => `  ${paint.cyan(term.padEnd(width))}  ${meaning}`.trimEnd())
  return [paint.bold(`${title}:`), ...lines].join('\n')
}
