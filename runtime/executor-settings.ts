/** What an executor is told of the options of its application. */
import { connectionOptions, registryOptions, type Settings } from './config.js'
import type { ExecutorOptions } from './executor/executor-options.js'

/** Open bytes of a task, in batches, after which all are sent. */
const MAX_OPEN_BATCHES = 16
const DEFAULT_LINGER_MS = 5

interface ExecutorPlace {
  readonly applicationId: string
  readonly processId: string
  /** Among the executors of the process. */
  readonly index: number
  /** Of this process alone; undefined: there is none. */
  readonly stateDirectory: string | undefined
}

export const executorOptions = (
  settings: Settings,
  { applicationId, processId, index, stateDirectory }: ExecutorPlace,
): ExecutorOptions => {
  const { fetch, produce, isolation } = settings
  const isExactlyOnce = settings.guarantee === 'exactly_once'
  return {
    applicationId,
    connection: connectionOptions(settings, `${applicationId}-${index}`),
    requestTimeoutMs: settings.requestTimeout,
    registry: registryOptions(settings),
    fetch: {
      isolation,
      maxWaitMs: fetch.maxWait,
      minBytes: fetch.minBytes,
      budgetBytes: fetch.budgetBytes,
      ...(fetch.budgetRecords === undefined ? {} : { budgetRecords: fetch.budgetRecords }),
      maxPartitionBytes: fetch.maxPartitionBytes,
      ...(fetch.rack === undefined ? {} : { rack: fetch.rack }),
      overwriteDone: fetch.overwriteDone,
    },
    produce: {
      compression: produce.compression,
      deliveryTimeoutMs: produce.deliveryTimeout,
      maxRequestBytes: produce.maxRequestBytes,
      bufferBytes: produce.bufferBytes,
    },
    checkCrcs: settings.checkCrcs,
    lingerMs: produce.linger ?? DEFAULT_LINGER_MS,
    // In a transaction nobody sees a batch before the commit, and it makes no difference when it leaves.
    lingersOnlyBehind: produce.linger === undefined && !isExactlyOnce,
    batchBytes: produce.batchBytes,
    maxRecordBytes: produce.maxRecordBytes,
    maxOpenBytes: MAX_OPEN_BATCHES * produce.batchBytes,
    commitIntervalMs: settings.commitInterval,
    stateDirectory,
    snapshotIntervalMs: settings.state.snapshotInterval,
    transaction: isExactlyOnce
      ? {
          transactionalId: `${applicationId}-${processId}-${index}`,
          groupId: applicationId,
          transactionTimeoutMs: settings.transactionTimeout,
        }
      : undefined,
    startTimeoutMs: settings.startTimeout,
  }
}
