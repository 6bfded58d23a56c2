import type { OperatorInterpreter } from './operator.js'

/** Decoding and event time happen before (see read-source.ts): they are no part of the fan-out. */
export const source: OperatorInterpreter<'source'> = (_, { forward }) => forward
