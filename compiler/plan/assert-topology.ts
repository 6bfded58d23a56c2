/** Verifies what later passes take for granted of a topology. */
import type { Topology } from '../ir/topology.js'

export function assertTopology(topology: Topology): void {
  const seen = new Map<string, number>()
  for (const sub of topology.subTopologies) {
    if (sub.inputs.length === 0) throw new Error(`sub-topology ${sub.id} has no input`)
    for (const input of sub.inputs) {
      const other = seen.get(input.topic)
      if (other !== undefined) throw new Error(`topic ${input.topic} is read by sub-topologies ${other} and ${sub.id}`)
      seen.set(input.topic, sub.id)
    }
    for (const id of sub.operators) {
      if (!topology.operators.has(id))
        throw new Error(`sub-topology ${sub.id} holds operator ${id}, which is not there`)
    }
    for (const output of sub.outputs) {
      if (topology.sinks[output] === undefined)
        throw new Error(`sub-topology ${sub.id} writes to sink ${output}, which is not there`)
    }
  }
}
