/** Whether two runs of a builder gave the same, and where they first differ. */
import type { Site } from '../../../dsl/model/call-site.js'
import { isDeepStrictEqual } from 'node:util'
import type { StagedPipeline } from './message.js'

export interface Difference {
  readonly what: string
  readonly site: Site | undefined
}

export function difference(first: StagedPipeline, second: StagedPipeline | undefined): Difference | undefined {
  if (second === undefined) return { what: 'the second run has no such pipeline', site: first.site }
  if (isDeepStrictEqual(first, second)) return undefined
  if (first.nodes.length !== second.nodes.length) {
    const what = `${first.nodes.length} operators, then ${second.nodes.length}`
    return { what, site: firstDifferent(first.nodes, second.nodes)?.site ?? first.site }
  }
  const lambda = firstDifferent(first.lambdas, second.lambdas)
  if (lambda !== undefined) return { what: 'a lambda captured other values', site: lambda.site }
  const node = firstDifferent(first.nodes, second.nodes)
  if (node !== undefined) return { what: `operator \`${node.node.kind}\` is another one`, site: node.site }
  return { what: 'name or options of the pipeline', site: first.site }
}

function firstDifferent<T>(first: readonly T[], second: readonly T[]): T | undefined {
  return first.find((item, index) => !isDeepStrictEqual(item, second[index]))
}
