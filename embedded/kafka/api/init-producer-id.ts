/** InitProducerId for idempotent producers: every call gets a new id. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { InitProducerIdRequest, InitProducerIdResponseInput } from '../../../runtime/kafka/protocol/index.js'
import type { Handler } from './route.js'

const refused = (errorCode: number): InitProducerIdResponseInput => ({
  throttleTimeMs: 0,
  errorCode,
  producerId: -1n,
  producerEpoch: -1,
})

export const initProducerId: Handler<InitProducerIdRequest, InitProducerIdResponseInput> = (request, context) => {
  const injected = context.injectedError()
  if (injected !== 0) return refused(injected)
  if (request.transactionalId !== null) return refused(ErrorCode.INVALID_REQUEST)
  return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, producerId: context.cluster.newProducerId(), producerEpoch: 0 }
}
