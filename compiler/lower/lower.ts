/**
 * Topology -> MIR: one function for each input of each sub-topology, with every operator and lambda in its place. No
 * call per operator is left; a lambda that is not understood is an `apply`. What is written here is straightforward on
 * purpose: the simplify pass removes what is superfluous.
 */
import type { MirExpression, MirFunction, MirProgram, MirStatement } from '../ir/mir.js'
import { expression, helper, statement } from '../ir/mir-build.js'
import { nodeAt, roleAt, type ExchangeRole } from '../ir/exchange.js'
import type { LogicalNode } from '../ir/logical-plan.js'
import type { ResolvedPlan } from '../ir/resolved-plan.js'
import type { SubTopology, Topology, TopologyInput } from '../ir/topology.js'
import { FunctionBuilder } from './function-builder.js'
import { inlineLambda } from './inline-lambda.js'
import { Subroutines, type Flow, type LoweringContext } from './flow.js'
import { lowerClock } from './lower-clock.js'
import { lowerBehindExchange, lowerConsumers, operatorContext } from './lower-operator.js'
import { lowerNewestRows } from './lower-table.js'
import { ProgramBuilder } from './program-builder.js'
import { resultFunctions } from './result-functions.js'

export function lower(plan: ResolvedPlan, topology: Topology): MirProgram {
  const program = new ProgramBuilder(plan)
  const functions = topology.subTopologies.flatMap((sub) => [
    ...sub.inputs.map((input, index) => lowerInput(program, topology, sub, input, index)),
    ...lowerClock(program, topology, sub),
  ])
  const restores = topology.sourceRestores.flatMap((sub) =>
    sub.inputs.map((input, index) => lowerInput(program, restoring(topology), sub, input, index)),
  )
  return { ...program.finish([...functions, ...restores]), ...resultFunctions(program) }
}

/** What is restored goes nowhere: it was done before. */
function restoring(topology: Topology): Topology {
  const operators = [...topology.operators].map(([id, operator]) => [id, { ...operator, consumers: [] }] as const)
  return { ...topology, operators: new Map(operators) }
}

function lowerInput(
  program: ProgramBuilder,
  topology: Topology,
  sub: SubTopology,
  input: TopologyInput,
  index: number,
): MirFunction {
  const builder = new FunctionBuilder()
  const subroutines = new Subroutines()
  const context: LoweringContext = { program, topology, builder, subroutines }
  const timestamp = lowerTimestamp(context, input)
  const body: MirStatement[] = []
  for (const place of input.places) {
    const node = nodeAt(place)
    const operator = topology.operators.get(node)
    const edge = program.plan.edges.get(node)
    const flow: Flow = {
      key: expression({ kind: 'input', part: 'key' }, { type: edge?.key, span: undefined }),
      value: expression({ kind: 'input', part: 'value' }, { type: edge?.value, span: undefined }),
      before: undefined,
      timestamp: undefined,
    }
    if (operator === undefined) continue
    lowerEntry(context, operator.node, roleAt(place), flow, body)
  }
  return { subTopology: sub.id, input: index, locals: builder.locals, timestamp, body, subroutines: subroutines.list }
}

/** Where a record of a topic begins its way. */
function lowerEntry(
  context: LoweringContext,
  node: LogicalNode,
  role: ExchangeRole | undefined,
  flow: Flow,
  body: MirStatement[],
): void {
  switch (node.kind) {
    case 'source':
      body.push(statement({ kind: 'enter', operator: node.id, count: true }))
      lowerConsumers(context, node.id, flow, body)
      return
    case 'table-source':
    case 'global-table':
      body.push(statement({ kind: 'enter', operator: node.id, count: true }))
      lowerNewestRows(operatorContext(context, node, flow), flow, body)
      return
    default:
      if (role === undefined) throw new Error(`${node.label} reads no topic`)
      lowerBehindExchange(context, node, role, flow, body)
  }
}

function lowerTimestamp(context: LoweringContext, input: TopologyInput): MirFunction['timestamp'] {
  if (input.timestamp === undefined) return undefined
  const lambda = context.program.lambda(input.timestamp)
  const [place] = input.places
  const node = place && nodeAt(place)
  const edge = node === undefined ? undefined : context.program.plan.edges.get(node)
  const key: MirExpression = expression({ kind: 'input', part: 'key' }, { type: edge?.key, span: undefined })
  const value: MirExpression = expression({ kind: 'input', part: 'value' }, { type: edge?.value, span: undefined })
  const body: MirStatement[] = []
  const result = inlineLambda(context.program, context.builder, lambda, [value], { key, timestamp: undefined }, body)
  return {
    body,
    result: helper('eventTime', [result], { type: { kind: 'number', brand: undefined }, span: lambda.span }),
  }
}
