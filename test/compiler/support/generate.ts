/** The passes behind the front end, in the order of compile.ts, down to the text of a module. */
import { generate, type Generated } from '../../../compiler/codegen/generate.js'
import { demand } from '../../../compiler/demand/demand.js'
import { lower } from '../../../compiler/lower/lower.js'
import { buildManifest } from '../../../compiler/manifest.js'
import { assertTopology } from '../../../compiler/plan/assert-topology.js'
import { buildTopology } from '../../../compiler/plan/build-topology.js'
import { plan } from '../../../compiler/plan/plan.js'
import { serdes } from '../../../compiler/serdes/serdes.js'
import type { ResolvedPlan } from '../../../compiler/ir/resolved-plan.js'

export function generateFrom(resolved: ResolvedPlan): Generated {
  const topology = buildTopology(resolved, plan(resolved))
  assertTopology(topology)
  const program = lower(resolved, topology)
  const ir = serdes(program, topology, demand(resolved))
  return generate(ir, topology, buildManifest(resolved, topology, ir, { compiler: '0', sourceHash: '' }))
}
