import type { OperatorInterpreter } from './operator.js'

/** One output of a split, which has already decided. */
export const branch: OperatorInterpreter<'branch'> = (_, { forward }) => forward
