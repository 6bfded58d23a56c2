/** A disk that is full ends the process in ERROR; with more room, it goes on where Kafka has it, and nothing is lost. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { startBroker, type EmbeddedBroker } from '../../embedded/index.js'
import { killAll, run, running } from './support/app-process.js'
import { topicPair } from './support/app-under-test.js'
import { countsChangelog } from './support/counting-pipeline.js'
import { eventually, produceTo, readAll } from './support/topics.js'

/** A megabyte: less than the keys take. */
const FILE_BLOCKS = 2048
const PARTS = 10
const KEYS = 1500

let broker: EmbeddedBroker
let directory: string

beforeAll(async () => {
  broker = await startBroker({ brokers: 1 })
})
afterAll(async () => {
  await broker.close()
})
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'millrace-full-'))
})
afterEach(() => {
  killAll()
  rmSync(directory, { recursive: true, force: true })
})

it.each(['at_least_once', 'exactly_once'])('is an error that says what to do, %s', async (guarantee) => {
  const { input, output, applicationId } = await topicPair(broker, 1)
  const changelog = countsChangelog(applicationId)
  const env = {
    MILLRACE_BROKERS: broker.bootstrap,
    MILLRACE_APPLICATION_ID: applicationId,
    MILLRACE_GUARANTEE: guarantee,
    MILLRACE_COMMIT_INTERVAL: '50',
    ...{ IN: input, OUT: output, CHANGELOG: changelog, STATE: directory, LOCATION: 'disk' },
  }
  const keys = Array.from({ length: PARTS * KEYS }, (_, i) => `${i}-${'k'.repeat(60)}`)
  const full = run(env, { fileBlocks: FILE_BLOCKS })
  await running(full)
  let sent = 0
  // A part at a time, so that some of them are on disk.
  for (let part = 0; part < PARTS; part++) {
    await produceTo(
      broker.bootstrap,
      input,
      keys.slice(part * KEYS, (part + 1) * KEYS).map((key) => ({ key, value: 'v' })),
    )
    sent += KEYS
    await eventually(
      async () => full.child.exitCode !== null || (await readAll(broker.bootstrap, changelog)).length >= sent,
      Boolean,
    )
  }
  expect(await full.ended, full.output()).toBe(1)
  expect(full.output()).toMatch(
    /"msg":"store counts cannot be written in [^"]*0_0\/disk: Input\/output error, with \d+ MiB free on that disk\. Make room, /,
  )

  const again = run({ ...env, MILLRACE_LOG_LEVEL: 'debug' })
  const counts = await eventually(
    async () => {
      const found = new Map<string, number[]>()
      for (const { key, value } of await readAll(broker.bootstrap, changelog)) {
        const name = String(key)
        found.set(name, [...(found.get(name) ?? []), value?.readDoubleBE(1) ?? 0])
      }
      return found
    },
    ({ size }) => size === keys.length,
  )
  again.child.kill('SIGTERM')
  expect(await again.ended, again.output()).toBe(0)
  // What the first process has written to disk is not read again.
  const [, restored] = /"records":(\d+)\}\],"msg":"stores are restored"/u.exec(again.output()) ?? []
  expect(Number(restored), again.output()).toBeLessThan(keys.length / 2)
  if (guarantee === 'exactly_once') for (const [key, its] of counts) expect(its, key).toEqual([1])
})
