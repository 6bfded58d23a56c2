/** Tasks that do something when time has passed. */
import type { ModuleIR } from '../ir/module-ir.js'

/** Whether something in its tasks goes by the time of the task. */
export function hasClock(ir: ModuleIR, subTopology: number): boolean {
  return ir.kernels.some(
    (kernel) =>
      kernel.subTopology === subTopology &&
      (kernel.kind === 'processor' || (kernel.kind === 'suppression' && kernel.byWall)),
  )
}
