import type { OperatorInterpreter } from './operator.js'

/** Records go on in the order of their arrival, whatever their timestamps. */
export const merge: OperatorInterpreter<'merge'> = (_, { forward }) => forward
