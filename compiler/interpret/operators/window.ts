import type { OperatorInterpreter } from './operator.js'

/** Windows are made where they are aggregated; behind a cogroup, which input a record came from goes on with it. */
export const window: OperatorInterpreter<'window'> =
  (_, { children }) =>
  (record, port) => {
    for (const { receive } of children) receive(record, port)
  }
