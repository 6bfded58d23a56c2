/** What is due when time has passed, as the function of one more input, which an empty record comes from. */
import type { LogicalNode, LogicalNodeOf, NodeId } from '../ir/logical-plan.js'
import type { MirFunction, MirStatement } from '../ir/mir.js'
import { literal } from '../ir/mir-build.js'
import { windowOf } from '../ir/window-of.js'
import type { SubTopology, Topology } from '../ir/topology.js'
import { FunctionBuilder } from './function-builder.js'
import { Subroutines, type Flow, type LoweringContext } from './flow.js'
import { lowerIdle } from './lower-aggregate.js'
import { lowerLateIdle } from './lower-late.js'
import { operatorContext } from './lower-operator.js'
import { isTimed, lowerTimers } from './lower-process.js'
import { lowerDueChanges } from './lower-suppress.js'
import type { ProgramBuilder } from './program-builder.js'

/** Empty: nothing in the sub-topology goes by time. */
export function lowerClock(program: ProgramBuilder, topology: Topology, sub: SubTopology): readonly MirFunction[] {
  const { nodes } = program.plan
  const builder = new FunctionBuilder()
  const subroutines = new Subroutines()
  const context: LoweringContext = { program, topology, builder, subroutines }
  const nobody: Flow = { key: literal(null), value: literal(null), before: undefined, timestamp: undefined }
  const body: MirStatement[] = []
  for (const id of sub.operators) {
    const node = topology.operators.get(id)?.node
    if (node === undefined || !worksIn(topology, sub, id)) continue
    if (node.kind === 'process' && isTimed(node)) lowerTimers(operatorContext(context, node, nobody), body)
    if ((node.kind === 'aggregate' || node.kind === 'late') && closesByWall(nodes, node)) {
      if (node.kind === 'late') lowerLateIdle(operatorContext(context, node, nobody), body)
      else lowerIdle(operatorContext(context, node, nobody), body)
    }
    if (node.kind === 'suppress' && node.clock === 'wall') {
      lowerDueChanges(operatorContext(context, node, nobody), body)
    }
  }
  if (body.length === 0) return []
  const { locals } = builder
  const input = sub.inputs.length
  return [{ subTopology: sub.id, input, locals, timestamp: undefined, body, subroutines: subroutines.list }]
}

/** Whether its windows close when no input comes. */
function closesByWall(nodes: readonly LogicalNode[], node: LogicalNodeOf<'aggregate' | 'late'>): boolean {
  return windowOf(nodes, node)?.closeAfter !== undefined
}

/** Not only sends its records there. */
function worksIn(topology: Topology, sub: SubTopology, node: NodeId): boolean {
  return topology.stores.some((store) => store.node === node && store.subTopology === sub.id)
}
