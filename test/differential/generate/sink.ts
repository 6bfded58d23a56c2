/** Random sinks: every stream that ends somewhere is written, in a form that its type allows. */
import type { GeneratedStream, PlanBuilder } from './plan.js'
import { typeText, type ValueKind } from './value-kind.js'

export function makeSinks(builder: PlanBuilder): void {
  const { choose, streams } = builder
  const last = streams.at(-1)
  for (const stream of streams) if (stream === last || choose.oneIn(3)) makeSink(builder, stream)
}

function makeSink(builder: PlanBuilder, stream: GeneratedStream): void {
  const { choose } = builder
  const name = builder.topic(builder.fresh('out'))
  const key = stream.key.kind === 'nullable' ? 'nullable(string())' : 'string()'
  const value = valueSerde(builder, stream, name)
  if (value === undefined) return
  const declared = `topic('${name}', { key: ${key}${value === '' ? '' : `, value: ${value}`} })`
  const options = [...sinkOptions(builder, stream)]
  if (!choose.oneIn(5)) {
    builder.lines.push(`${stream.name}.to(${[declared, ...asObject(options)].join(', ')})`)
    return
  }
  const chosen = builder.lambda(stream, (expressions) => `(${expressions.boolean(2)} ? '${name}' : '${name}-more')`)
  builder.lines.push(`${stream.name}.to(${chosen}, { ${[`like: ${declared}`, ...options].join(', ')} })`)
}

/** undefined: nothing fits · '': from the lock. */
function valueSerde(builder: PlanBuilder, stream: GeneratedStream, topic: string): string | undefined {
  const { choose, subjects } = builder
  const value = stream.value.kind === 'nullable' ? stream.value.inner : stream.value
  const nullable = (serde: string): string => (stream.value.kind === 'nullable' ? `nullable(${serde})` : serde)
  const versions = stream.subject === undefined ? undefined : subjects.get(stream.subject)
  const latest = versions?.at(-1)
  if (latest !== undefined && (choose.oneIn(2) || !isJson(value))) {
    subjects.set(`${topic}-value`, [latest])
    return stream.value.kind === 'nullable' ? `nullable(avro({ subject: '${topic}-value' }))` : ''
  }
  if (!isJson(value)) return undefined
  if (value.kind === 'string' && choose.oneIn(2)) return nullable('string()')
  if (value.kind === 'number' && choose.oneIn(2)) return nullable('double()')
  if (value.kind === 'record' && choose.oneIn(2)) return nullable(`avro<${typeText(value)}>()`)
  return nullable(`json<${typeText(value)}>()`)
}

function isJson(type: ValueKind): boolean {
  switch (type.kind) {
    case 'passed':
      return false
    case 'nullable':
      return isJson(type.inner)
    case 'array':
      return isJson(type.items)
    case 'record':
      return type.fields.every((field) => isJson(field.type))
    default:
      return true
  }
}

function* sinkOptions(builder: PlanBuilder, stream: GeneratedStream): Generator<string> {
  const { choose } = builder
  if (choose.oneIn(4)) {
    yield `headers: ${builder.lambda(stream, (e) => `{ h: ${e.string(2)}, second: '2' }`)}`
  }
  if (choose.oneIn(4)) {
    yield `timestamp: ${builder.lambda(stream, (e) => `Math.trunc(Math.abs(${e.number(2)})) % 4e12`)}`
  }
  if (choose.oneIn(6)) yield `onError: ${builder.errorPolicy()}`
}

function asObject(members: readonly string[]): string[] {
  return members.length === 0 ? [] : [`{ ${members.join(', ')} }`]
}
