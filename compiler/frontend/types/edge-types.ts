/** The types of keys and values on every edge of a plan, asked of the checker at the calls of the operators. */
import type { Site } from '../../../dsl/model/call-site.js'
import type { ts } from 'ts-morph'
import { inputsOf } from '../../ir/inputs-of.js'
import type { LogicalNode, NodeId } from '../../ir/logical-plan.js'
import type { EdgeType } from '../../ir/resolved-plan.js'
import type { ValueType } from '../../ir/value-type.js'
import type { QuotedProgram } from '../quote.js'
import { isStream } from '../quote/dsl-calls.js'
import type { ClosedPlan } from '../resolve-closures.js'
import { pascalCase } from './pascal-case.js'

const unknown: ValueType = { kind: 'opaque', text: 'unknown', reason: 'the checker has no type for it' }

export function edgeTypes(quoted: QuotedProgram, closed: ClosedPlan): ReadonlyMap<NodeId, EdgeType> {
  const edges = new Map<NodeId, EdgeType>()
  const { checker } = quoted.source

  /** Type of a stream that a call gives, or that stands in its result under a name. */
  const streamAt = (origin: Site | undefined, branch: string | undefined, hint: string): EdgeType | undefined => {
    const call = quoted.sites.get(origin?.id)
    if (origin === undefined || call === undefined) return undefined
    const result = checker.getTypeAtLocation(call)
    const member = branch === undefined ? undefined : checker.getPropertyOfType(result, branch)
    const stream = branch === undefined ? result : member && checker.getTypeOfSymbol(member)
    if (stream === undefined || !isStream(stream)) return undefined
    const [key, value] = checker.getTypeArguments(stream as ts.TypeReference)
    if (key === undefined || value === undefined) return undefined
    const scope = closed.scopes.at(origin.frames)
    return { key: closed.reader.read(key, scope, `${hint}Key`), value: closed.reader.read(value, scope, hint) }
  }

  const edgeOf = (node: LogicalNode): EdgeType => {
    const staged = closed.staged.nodes.get(node.id)
    const hint = pascalCase(node.label)
    const input = inputEdge(node, edges)
    if (node.kind === 'to' || node.kind === 'for-each' || node.kind === 'split') return input
    // With named outputs, a processor's own records are nobody's.
    if (node.kind === 'process' && node.outputs.length > 0) return { key: unknown, value: unknown }
    const branch = nameInResult(node)
    const atCall = streamAt(staged?.anchor, undefined, hint) ?? streamAt(staged?.site, branch, hint)
    return atCall ?? withoutCall(node, input, closed)
  }

  for (const node of closed.staged.plan.nodes) edges.set(node.id, edgeOf(node))
  return edges
}

/** Under which name the stream stands in what the call gives; undefined: it is that. */
function nameInResult(node: LogicalNode): string | undefined {
  if (node.kind === 'branch') return node.branch
  return node.kind === 'process-output' ? node.output : undefined
}

function inputEdge(node: LogicalNode, edges: ReadonlyMap<NodeId, EdgeType>): EdgeType {
  const none: EdgeType = { key: unknown, value: unknown }
  const [input] = inputsOf(node)
  return (input === undefined ? undefined : edges.get(input)) ?? none
}

/** Calls that the quote pass could not see (JavaScript, a file that only infers DSL types). */
function withoutCall(node: LogicalNode, input: EdgeType, { bodies }: ClosedPlan): EdgeType {
  switch (node.kind) {
    case 'map':
      return { key: input.key, value: bodies.get(node.mapper)?.returns ?? unknown }
    case 'select-key':
      return { key: bodies.get(node.selector)?.returns ?? unknown, value: input.value }
    case 'group-by':
      return { key: bodies.get(node.selector)?.returns ?? unknown, value: input.value }
    case 'table-map':
      return { key: input.key, value: bodies.get(node.mapper)?.returns ?? unknown }
    case 'stream-join':
    case 'stream-table-join':
    case 'global-table-join':
    case 'table-join':
    case 'foreign-key-join':
      return { key: input.key, value: bodies.get(node.joiner)?.returns ?? unknown }
    case 'map-record':
    case 'flat-map':
    case 'group-table':
    case 'aggregate':
    case 'process':
      return { key: unknown, value: unknown }
    default:
      return input
  }
}
