/** Streams as groups, and with keys that are there. */
import type { GeneratedStream, PlanBuilder } from './plan.js'

export function groups(builder: PlanBuilder, stream: GeneratedStream): string {
  if (builder.choose.oneIn(2)) return 'groupByKey()'
  return `groupBy(${builder.lambda(stream, (expressions) => expressions.string(2))})`
}

/** Tables have no null keys; neither have the streams that meet them here. */
export function keyed(stream: GeneratedStream): string {
  if (stream.key.kind !== 'nullable') return stream.name
  return `${stream.name}.selectKey((_, { key }) => key ?? 'none')`
}
