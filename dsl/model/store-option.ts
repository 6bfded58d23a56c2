/** Where an operator keeps its rows: the option `store`. */
import { PipelineError } from '../errors.js'
import type { Arguments } from './arguments.js'

/** undefined: in memory. */
export function storeOf(store: unknown, args: Arguments): 'disk' | undefined {
  if (store === undefined || store === 'memory') return undefined
  if (store === 'disk') return 'disk'
  throw new PipelineError('MR1211', "`store` is neither 'memory' nor 'disk'", { site: args.site })
}
