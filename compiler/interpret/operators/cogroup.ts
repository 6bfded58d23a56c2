import type { OperatorInterpreter } from './operator.js'

/** Several grouped streams meet: which one a record came from goes on with it. */
export const cogroup: OperatorInterpreter<'cogroup'> =
  (_, { children }) =>
  (record, port) => {
    for (const { receive } of children) receive(record, port)
  }
