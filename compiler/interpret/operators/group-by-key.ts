import type { OperatorInterpreter } from './operator.js'
import { writeInternal } from './repartition.js'

/** Groups by the key that is there; only where it may have changed do records go through an internal topic. */
export const groupByKey: OperatorInterpreter<'group-by-key'> = (_, context) =>
  context.internalTopics.size > 0 ? writeInternal(context) : context.forward
