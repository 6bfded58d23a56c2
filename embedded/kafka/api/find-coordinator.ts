/** FindCoordinator, for groups and transactional ids; many keys at once since version 4. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  CoordinatorInput,
  FindCoordinatorRequest,
  FindCoordinatorResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import type { CoordinatorType } from '../cluster.js'
import type { Handler, RequestContext } from './route.js'

const TYPES: readonly CoordinatorType[] = ['group', 'transaction']
const BATCHED_SINCE = 4

export const findCoordinator: Handler<FindCoordinatorRequest, FindCoordinatorResponseInput> = (request, context) => {
  const { key, keyType, coordinatorKeys } = request
  if (context.apiVersion >= BATCHED_SINCE) {
    return { coordinators: coordinatorKeys.map((each) => find(each, keyType, context)) }
  }
  const { nodeId, host, port, errorCode, errorMessage } = find(key, keyType, context)
  return { nodeId, host, port, errorCode, ...(context.apiVersion >= 1 ? { errorMessage } : {}) }
}

const find = (key: string, keyType: number, { cluster, injectedError }: RequestContext): CoordinatorInput => {
  const failed = (errorCode: number, errorMessage: string | null): CoordinatorInput => ({
    key,
    nodeId: -1,
    host: '',
    port: -1,
    errorCode,
    errorMessage,
  })
  const type = TYPES[keyType]
  if (type === undefined) return failed(ErrorCode.INVALID_REQUEST, `Unknown coordinator type ${keyType}`)
  const injected = injectedError()
  const node = cluster.coordinator(type, key)
  if (injected !== 0) return failed(injected, null)
  if (node === undefined) return failed(ErrorCode.COORDINATOR_NOT_AVAILABLE, 'The coordinator is not available.')
  return { key, nodeId: node.id, host: node.host, port: node.port, errorCode: ErrorCode.NONE, errorMessage: null }
}
