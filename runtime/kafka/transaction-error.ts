/** How transactions end that do not commit. */
import { ErrorCode, errorByCode } from './protocol/index.js'

/** Somebody else has our transactional id, or the coordinator took the transaction from us: nothing may be written. */
export class TransactionFencedError extends Error {
  override readonly name = 'TransactionFencedError'

  constructor(transactionalId: string, code: number) {
    super(
      `transactional id ${transactionalId} is fenced: ${errorByCode(code).name}. Its transaction took longer than ` +
        'transactionTimeout, or another producer uses the id; what was not committed is processed again after a restart',
    )
  }
}

/** The transaction cannot commit: abort it and process again from the last committed offsets. */
export class TransactionAbortableError extends Error {
  override readonly name = 'TransactionAbortableError'
}

/** Answers of the transaction coordinator after which this producer must not go on. */
export const isFencing = (code: number): boolean =>
  code === ErrorCode.INVALID_PRODUCER_EPOCH ||
  code === ErrorCode.PRODUCER_FENCED ||
  code === ErrorCode.INVALID_PRODUCER_ID_MAPPING

const ABORTABLE: ReadonlySet<number> = new Set([
  ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
  ErrorCode.UNKNOWN_PRODUCER_ID,
  ErrorCode.INVALID_PRODUCER_EPOCH,
  ErrorCode.PRODUCER_FENCED,
  ErrorCode.INVALID_PRODUCER_ID_MAPPING,
  ErrorCode.INVALID_TXN_STATE,
  ErrorCode.TRANSACTION_ABORTABLE,
])

/**
 * Codes of a batch or a request in a transaction that an abort mends. Those of fencing are among them: the abort finds
 * out whether it is true.
 */
export const isAbortable = (code: number): boolean => ABORTABLE.has(code)
