/** Makes a logical plan of what the worker sent: spans and labels from the syntax tree, policies resolved. */
import type { Site } from '../../../dsl/model/call-site.js'
import { ts } from 'ts-morph'
import { isSource } from '../../ir/inputs-of.js'
import type { LambdaReference, LogicalNode, LogicalPlan, LogicalTopic, NodeId } from '../../ir/logical-plan.js'
import type { Span } from '../../ir/span.js'
import { relativeFile, spanBetween, spanOf } from '../load/source-program.js'
import type { QuotedProgram } from '../quote.js'
import { Labels } from './labels.js'
import type { StagedLambda, StagedNode, StagedPipeline } from './message.js'
import type { BuiltPipeline } from './run-worker.js'

/** A plan with what later steps of the front end need to find its syntax again. */
export interface StagedPlan {
  readonly plan: LogicalPlan
  readonly nodes: ReadonlyMap<NodeId, StagedNode>
  /** By lambda id; with the problems of their captures. */
  readonly lambdas: readonly StagedLambda[]
  /** Where `pipeline(…)` stands. */
  readonly span: Span | undefined
}

export function toPlan(quoted: QuotedProgram, built: BuiltPipeline, pipeline: StagedPipeline): StagedPlan {
  const spanOfSite = (site: Site | undefined): Span | undefined => siteSpan(quoted, site)
  const labels = new Labels()
  const nodes = pipeline.nodes.map((staged): LogicalNode => {
    const call = quoted.sites.get(staged.site?.id)
    const onError = staged.onError ?? pipeline.onError
    const node = { ...staged.node, span: spanOfSite(staged.site), label: labels.label(staged.node, call), onError }
    return withTopicSpan(node, spanOfSite(staged.topic))
  })
  const lambdas = pipeline.lambdas.flatMap(({ site, captures }, id): LambdaReference[] => {
    const span = spanOfSite(site)
    return site === undefined || span === undefined ? [] : [{ id, site: site.id, span, captures }]
  })
  return {
    plan: {
      name: pipeline.name,
      applicationId: pipeline.applicationId,
      onError: pipeline.onError,
      nodes,
      lambdas,
      file: relativeFile(quoted.source.root, built.file),
      exportName: built.exportName,
    },
    nodes: new Map(pipeline.nodes.map((staged) => [staged.node.id, staged])),
    lambdas: pipeline.lambdas,
    span: spanOfSite(pipeline.site),
  }
}

export function siteSpan(quoted: QuotedProgram, site: Site | undefined): Span | undefined {
  const node = quoted.sites.get(site?.id)
  if (node === undefined) return undefined
  const { root } = quoted.source
  // Of a chain only the link: `filter(…)`, without the streams before it.
  return isLink(node)
    ? spanBetween(root, node.getSourceFile(), node.expression.name.getStart(), node.getEnd())
    : spanOf(root, node)
}

function withTopicSpan(node: LogicalNode, span: Span | undefined): LogicalNode {
  const placed = (topic: LogicalTopic): LogicalTopic => ({ ...topic, span })
  if (isSource(node)) return { ...node, topic: placed(node.topic) }
  if (node.kind !== 'to') return node
  const { target } = node
  return {
    ...node,
    target:
      target.kind === 'topic'
        ? { kind: 'topic', topic: placed(target.topic) }
        : { ...target, like: placed(target.like) },
  }
}

function isLink(node: ts.Node): node is ts.CallExpression & { expression: ts.PropertyAccessExpression } {
  return ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)
}
