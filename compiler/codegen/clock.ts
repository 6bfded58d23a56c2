/** Tasks that do something when time has passed. */
import type { Kernel, ModuleIR } from '../ir/module-ir.js'

/** Whether something in its tasks goes by the time of the task. */
export function hasClock(ir: ModuleIR, subTopology: number): boolean {
  return ir.kernels.some((kernel) => goesByTime(kernel) && kernel.subTopology === subTopology)
}

function goesByTime(kernel: Kernel): boolean {
  switch (kernel.kind) {
    case 'processor':
      return true
    case 'suppression':
      return kernel.byWall
    case 'aggregate':
      return kernel.window?.spec.closeAfter !== undefined
    case 'late':
      return kernel.window.closeAfter !== undefined
    default:
      return false
  }
}
