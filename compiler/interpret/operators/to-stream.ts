import { changeOf } from '../change.js'
import type { OperatorInterpreter } from './operator.js'

/** Each change of the table is a record: what is there now, or null. */
export const toStream: OperatorInterpreter<'to-stream'> =
  (_, { forward }) =>
  (record) => {
    forward({ ...record, value: changeOf(record).now })
  }
