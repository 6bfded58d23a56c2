/** `millrace/testing`: pipelines without a broker, and a broker and a schema registry in process. */
export * from '../embedded/index.js'
export { RecordFailedError } from './record-failed-error.js'
export { testDriver, type TestDriver, type TestDriverOptions } from './test-driver.js'
export type { RawRecord, SentHeaders, SentRecord, TestRecord } from './test-record.js'
export type { TestInput, TestOutput } from './test-topics.js'
export type { TestStore, TestStoreRow } from './test-store.js'
