/** Settings that make group membership quick, and a topic pair per test. */
import { vi } from 'vitest'
import type { EmbeddedBroker } from '../../../embedded/index.js'
import { createApp, type App, type AppOptions } from '../../../runtime/index.js'
import { silent } from './topics.js'

// Processes and group protocols on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

export const quick = {
  sessionTimeout: 2000,
  heartbeatInterval: 50,
  commitInterval: 200,
  requestTimeout: 1500,
  startTimeout: 10_000,
  state: { directory: false },
  // Nobody may read fetched bytes that are done with.
  fetch: { overwriteDone: true },
} as const

let topics = 0

/** Creates an input and an output topic of their own. */
export const topicPair = async (
  broker: EmbeddedBroker,
  partitions = 3,
): Promise<{ readonly input: string; readonly output: string; readonly applicationId: string }> => {
  const n = ++topics
  const names = { input: `in-${n}`, output: `out-${n}`, applicationId: `app-${n}` }
  await broker.createTopic(names.input, { partitions })
  await broker.createTopic(names.output, { partitions })
  return names
}

export const appOn = (
  broker: { readonly bootstrap: string },
  pipeline: AppOptions['pipeline'],
  options: Partial<AppOptions> = {},
): App =>
  createApp({
    pipeline,
    kafka: { brokers: broker.bootstrap.split(',') },
    logger: silent,
    env: {},
    ...quick,
    ...options,
  })

export const numbered = (count: number, from = 0): { key: string; value: string }[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${(from + i) % 50}`, value: `v${from + i}` }))

export const identity = (value: Buffer | null): Buffer | undefined => value ?? undefined
