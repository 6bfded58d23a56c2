/** Operators of a plan as a list, with or without what the type checker and the schema lock told. */
import type { ErrorPolicy } from '../../dsl/model/graph.js'
import { nodeAt } from '../ir/exchange.js'
import { inputsOf } from '../ir/inputs-of.js'
import type { LogicalNode, LogicalPlan, LogicalWindow } from '../ir/logical-plan.js'
import { closingDelay } from '../ir/window-of.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import { placeText } from './lambda-report.js'
import { fieldsText, namedTypes, topicText, typeText } from './type-text.js'

export function logicalText(plan: LogicalPlan): string {
  return plan.nodes.map((node) => operatorLine(plan, node)).join('\n')
}

export function resolvedText(plan: ResolvedPlan): string {
  const lines = plan.nodes.flatMap((node) => {
    const edge = plan.edges.get(node.id)
    return [
      operatorLine(plan, node),
      ...(edge === undefined
        ? []
        : [`    ${typeText(edge.key, plan.recordTypes)} -> ${typeText(edge.value, plan.recordTypes)}`]),
      ...[...plan.topics].flatMap(([place, topic]) => (nodeAt(place) === node.id ? [`    ${topicText(topic)}`] : [])),
    ]
  })
  return [...lines, ...recordTypesText(plan)].join('\n')
}

function operatorLine(plan: LogicalPlan, node: LogicalNode): string {
  const from = inputsOf(node).map((id) => plan.nodes[id]?.label ?? '?')
  const inputs = from.length === 0 ? '' : ` <- ${from.join(', ')}`
  return `${node.label}: ${whatText(node)}${inputs}${policyText(plan, node)} (${placeText(node.span)})`
}

/** What it is, beyond its label. */
export function whatText(node: LogicalNode): string {
  switch (node.kind) {
    case 'source':
      return `source of topic ${node.topic.name}`
    case 'table-source':
      return `table of topic ${node.topic.name}`
    case 'global-table':
      return `global table of topic ${node.topic.name}`
    case 'filter':
      return node.negated ? 'filter-not' : 'filter'
    case 'split':
      return `split into ${node.branches.map((branch) => branch.name).join(', ')}`
    case 'branch':
      return `branch ${node.branch}`
    case 'repartition':
      return node.partitions === undefined ? 'repartition' : `repartition into ${node.partitions} partitions`
    case 'to':
      return node.target.kind === 'topic' ? `to topic ${node.target.topic.name}` : 'to a topic chosen for each record'
    case 'table-filter':
      return node.negated ? 'table-filter-not' : 'table-filter'
    case 'window':
      return windowText(node.window)
    case 'stream-join':
    case 'stream-table-join':
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return `${node.join} ${node.kind}`
    default:
      return node.kind
  }
}

/** What a window is, and what it waits for before it closes. */
function windowText(window: LogicalWindow): string {
  const { grace, closeAfter, emit } = window
  const results = emit === 'final' ? ', final results' : ''
  const closes = `closed by records ${closingDelay(window)} ms after its end (grace ${grace} ms)`
  const silence =
    closeAfter === undefined ? ', never without records' : `, or by the wall clock after ${closeAfter} ms without`
  return `${lengthText(window)}${results}, ${closes}${silence}`
}

function lengthText(window: LogicalWindow): string {
  switch (window.kind) {
    case 'time':
      return window.advance === window.size
        ? `tumbling window of ${window.size} ms`
        : `hopping window of ${window.size} ms every ${window.advance} ms`
    case 'sliding':
      return `sliding window of ${window.difference} ms`
    case 'session':
      return `session with gaps of ${window.gap} ms`
  }
}

/** Only where it differs from the pipeline's. */
function policyText(plan: LogicalPlan, node: LogicalNode): string {
  const own = errorPolicyText(node.onError)
  return own === errorPolicyText(plan.onError) ? '' : `, on error ${own}`
}

export function errorPolicyText(policy: ErrorPolicy): string {
  return policy.kind === 'dead-letter' ? `dead letter to ${policy.topic}` : policy.kind
}

function recordTypesText({ recordTypes, edges }: ResolvedPlan): readonly string[] {
  const roots = [...edges.values()].flatMap((edge) => [edge.key, edge.value])
  const types = namedTypes(roots, recordTypes).map((type) => `${type.name} ${fieldsText(type, recordTypes)}`)
  return types.length === 0 ? [] : ['', ...types]
}
