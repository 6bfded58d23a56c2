/** An application that counts records by key, several times over: what each process runs, restores and waits for. */
import type { EmbeddedBroker } from '../../../embedded/index.js'
import type { App, AppOptions } from '../../../runtime/index.js'
import { appOn, numbered, topicPair } from './app-under-test.js'
import { counting, countsChangelog } from './counting-pipeline.js'
import { eventually, produceTo, readAll, silent, type ReadRecord } from './topics.js'

interface Restored {
  readonly partition: number
  readonly records: number
}

export interface CountingProcess {
  readonly app: App
  /** What it ran, assignment by assignment. */
  readonly tasks: string[][]
  readonly restored: Restored[]
  /** By how many records the copies were behind that it waited for, assignment by assignment. */
  readonly awaited: Readonly<Record<string, number>>[]
}

export interface CountingApp {
  readonly applicationId: string
  readonly start: (options?: Partial<AppOptions>) => Promise<CountingProcess>
  /** Records of 50 keys, which `count` is a multiple of. */
  readonly produce: (count: number, first?: number) => Promise<void>
  /** So many results. */
  readonly written: (count: number) => Promise<readonly ReadRecord[]>
  /** The changelog, once it has the counts of so many records: it is written at commits. */
  readonly committed: (count: number) => Promise<readonly ReadRecord[]>
}

const KEYS = 50
const PATIENCE_MS = 20_000

export const countingApp = async (
  broker: EmbeddedBroker,
  partitions: number,
  common: Partial<AppOptions>,
): Promise<CountingApp> => {
  const { input, output, applicationId } = await topicPair(broker, partitions)
  const pipeline = counting({ applicationId, inputs: [input], output })
  const changelog = countsChangelog(applicationId)
  return {
    applicationId,
    start: async (options = {}) => {
      const tasks: string[][] = []
      const restored: Restored[] = []
      const debug = (fields: { readonly stores?: readonly Restored[] }, message: string): void => {
        if (message === 'stores are restored') restored.push(...(fields.stores ?? []))
      }
      const awaited: Readonly<Record<string, number>>[] = []
      const info = (
        fields: { readonly tasks?: string[]; readonly behind?: Record<string, number> },
        message: string,
      ) => {
        if (message === 'running') tasks.push(fields.tasks ?? [])
        if (message === 'tasks wait for copies of their state') awaited.push(fields.behind ?? {})
      }
      const logger = { ...silent, debug, info } as typeof silent
      const app = appOn(broker, pipeline, {
        ...{ commitInterval: 50, transactionTimeout: 5000, logger },
        ...common,
        ...options,
      })
      await app.start()
      return { app, tasks, restored, awaited }
    },
    produce: (count, first = 0) => produceTo(broker.bootstrap, input, numbered(count, first)),
    written: (count) =>
      eventually(
        () => readAll(broker.bootstrap, output),
        (records) => records.length === count,
        PATIENCE_MS,
      ),
    committed: (count) =>
      eventually(
        () => readAll(broker.bootstrap, changelog),
        (rows) => rows.filter(({ value }) => value?.readDoubleBE(1) === count / KEYS).length === KEYS,
        PATIENCE_MS,
      ),
  }
}

/** Until a process runs so many tasks. */
export const runs = ({ tasks }: CountingProcess, count: number): Promise<unknown> =>
  eventually(
    () => tasks.at(-1) ?? [],
    (its) => its.length === count,
    PATIENCE_MS,
  )
