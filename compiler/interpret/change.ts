/** What goes along the edges of tables: the value of a record is a change of its key. null is: no row. */
import type { FlowRecord } from './record.js'

export class Change {
  constructor(
    readonly now: unknown,
    /** What was before, where the operator knows it; null where it does not. */
    readonly before: unknown,
    /** false: a version that came late, of a versioned table: it is history, not what is there now. */
    readonly isLatest = true,
    /** The time that the row has for those who join with it; undefined: that of the record. */
    readonly rowTime?: number,
  ) {}
}

export function changeOf(record: FlowRecord): Change {
  if (record.value instanceof Change) return record.value
  throw new Error('a record of a stream has come to an operator of tables')
}
