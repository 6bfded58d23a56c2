/** Feeds a case to a test driver and compares what it writes, record by record, in order within each topic. */
import { json, nullable, topic, type Topic } from '../../dsl/index.js'
import type { TestDriver, TestRecord } from '../../testing/index.js'
import { compareStores } from './compare-stores.js'
import type { Case, ExpectedRecord, NodeTypes } from './case-format.js'
import type { LongForm } from './case-types.js'
import { canonicalText, valueOf } from './case-values.js'

/** undefined: the case passes. */
export function runCase(testCase: Case, driver: TestDriver, long: LongForm, form: string): string | undefined {
  const actual: Written[] = []
  const failedAt = feed(testCase, driver, long, actual)
  const expectedFailure = testCase.expectedError?.atInput
  if (failedAt?.input !== expectedFailure) {
    return failedAt === undefined
      ? `input ${expectedFailure ?? ''} should have failed and did not`
      : `input ${failedAt.input} failed: ${String(failedAt.error)}`
  }
  return compare(testCase, actual, long) ?? compareStores(testCase, driver, long, form)
}

interface Written {
  readonly afterInput: number
  readonly record: TestRecord<unknown, unknown>
}

interface Failure {
  readonly input: number
  readonly error: unknown
}

function feed(testCase: Case, driver: TestDriver, long: LongForm, actual: Written[]): Failure | undefined {
  const inputs = new Map(
    testCase.sources.map((source) => [source.topic, { source, input: driver.input(caseTopic(source.topic)) }]),
  )
  const outputs = sinkTopics(testCase).map(([name]) => driver.output(caseTopic(name)))
  for (const [index, given] of testCase.inputs.entries()) {
    try {
      if ('advanceWallClockMs' in given) {
        driver.advanceWallClock(given.advanceWallClockMs)
        continue
      }
      const target = inputs.get(given.topic)
      if (target === undefined) throw new TypeError(`no source reads ${given.topic}`)
      target.input.send({
        key: valueOf(given.key, target.source.keyType, long),
        value: valueOf(given.value, target.source.valueType, long),
        timestamp: given.ts,
      })
    } catch (error) {
      return { input: index, error }
    } finally {
      for (const output of outputs) for (const record of output.readAll()) actual.push({ afterInput: index, record })
    }
  }
  return undefined
}

/** Sink topics with the types of what is written, in order of their first appearance. */
function sinkTopics(testCase: Case): [string, NodeTypes][] {
  const topics = new Map<string, NodeTypes>()
  for (const sink of testCase.sinks) {
    const types = testCase.types[sink.in]
    if (types !== undefined && !topics.has(sink.topic)) topics.set(sink.topic, types)
  }
  return [...topics]
}

/** The topic with nulls allowed: the harness sends and reads any. */
function caseTopic(name: string): Topic<unknown, unknown> {
  return topic(name, { key: nullable(json<unknown>()), value: nullable(json<unknown>()) })
}

function compare(testCase: Case, actual: readonly Written[], long: LongForm): string | undefined {
  for (const [name, types] of sinkTopics(testCase)) {
    const wanted = (testCase.longRetentionExpected ?? testCase.expected)
      .filter((record) => record.topic === name)
      .map((record) => expectedText(record, types, long))
    const written = actual.filter(({ record }) => record.topic === name).map((record) => writtenText(record, types))
    const index = wanted.findIndex((text, i) => text !== written[i])
    if (index >= 0) return `${name}[${index}]: expected ${wanted[index] ?? ''}, got ${written[index] ?? 'nothing'}`
    if (written.length > wanted.length) return `${name}[${wanted.length}]: unexpected ${written[wanted.length] ?? ''}`
  }
  return undefined
}

function expectedText({ afterInput, key, value, timestamp }: ExpectedRecord, types: NodeTypes, long: LongForm): string {
  return text(afterInput, valueOf(key, types.key, long), valueOf(value, types.value, long), timestamp, types)
}

function writtenText({ afterInput, record: { key, value, timestamp } }: Written, types: NodeTypes): string {
  return text(afterInput, key, value, timestamp, types)
}

function text(afterInput: number, key: unknown, value: unknown, timestamp: number, types: NodeTypes): string {
  const pair = `${canonicalText(key, types.key)} -> ${canonicalText(value, types.value)}`
  return `${pair} @${timestamp} (after input ${afterInput})`
}
