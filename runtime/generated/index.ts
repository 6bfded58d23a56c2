/** What generated modules import; re-exported by millrace/runtime. */
export { decimal, decimalFromBytes } from '../../avro/decimal.js'
export { collected, distinctOf, distinctWith, exactSum, joined, topOf, topWith } from './aggregators.js'
export {
  badBoolean,
  badBranch,
  badFrame,
  badSymbol,
  badUtf8,
  corruptRecord,
  endOfData,
  nullRefused,
  readOfNull,
  RecordEncodeError,
  RecordFormatError,
  unknownTopic,
  unreadable,
  wrongEnd,
} from './errors.js'
export {
  dateMs,
  eventTime,
  iterable,
  keyAndValue,
  settled,
  sinkTimestamp,
  timeClip,
  topicName,
} from './lambda-results.js'
export { decodeJsonLongs } from './json-longs.js'
export {
  decodeDouble,
  decodeInt32,
  decodeInt64,
  decodeJson,
  decodeUuid,
  encodeBytes,
  encodeDouble,
  encodeInt32,
  encodeInt64,
  encodeJson,
  encodeString,
  encodeUuid,
  wellFormedText,
} from './plain-serdes.js'
export { headerBlock, RecordHeaders } from './record-headers.js'
export { sameValue } from './same-value.js'
export { StreamJoin } from '../operators/stream-join.js'
export { Subscriptions } from '../operators/subscriptions.js'
export { VersionedRows } from '../operators/versioned-rows.js'
export { JoinBuffer } from '../operators/join-buffer.js'
export { IdleClosing } from '../operators/idle-closing.js'
export {
  LateForIdleSlidingWindows,
  LateForSessions,
  LateForSlidingWindows,
  LateForTimeWindows,
} from '../operators/late.js'
export { Deduplication } from '../operators/deduplication.js'
export { Lifetimes } from '../operators/lifetimes.js'
export { Processor } from '../operators/processor.js'
export { TaskClock } from '../operators/task-clock.js'
export { Suppression } from '../operators/suppression.js'
export { TableRows } from '../operators/table-rows.js'
export { KeyedAggregate } from '../operators/keyed-aggregate.js'
export { SessionWindowAggregate } from '../operators/session-window-aggregate.js'
export { SlidingWindowAggregate } from '../operators/sliding-window-aggregate.js'
export { TimeWindowAggregate } from '../operators/time-window-aggregate.js'
export { Scratch } from './scratch.js'
export { TaskBase } from './task-base.js'
export { unread } from './unread.js'
export {
  checkKey,
  checkedKey,
  checkedText,
  copyBytes,
  copySpan,
  copyOf,
  isText,
  sameBytes,
  text,
  utf8Length,
  pageView,
  viewOf,
  writeLength,
  writeSpan,
  writeText,
  writeUtf8,
} from './text.js'
export {
  checkItems,
  readBigLong,
  readInt,
  readLength,
  readLong,
  readTime,
  readVarint,
  readWide,
} from './varint.js'
export { booleanOf, intOf, numberOf, symbolOf, textOf, writeBigLong, writeLong, writeTime } from './write-number.js'
