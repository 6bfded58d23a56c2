/** DescribeCluster. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type { DescribeClusterRequest, DescribeClusterResponseInput } from '../../../runtime/kafka/protocol/index.js'
import { ALL_CLUSTER_OPERATIONS, OPERATIONS_UNKNOWN } from './authorized-operations.js'
import type { Handler } from './route.js'

const BROKERS = 1

export const describeCluster: Handler<DescribeClusterRequest, DescribeClusterResponseInput> = (request, context) => {
  const { cluster } = context
  if (request.endpointType !== BROKERS) {
    return {
      throttleTimeMs: 0,
      errorCode: ErrorCode.MISMATCHED_ENDPOINT_TYPE,
      errorMessage: 'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of another type.',
      clusterId: '',
      brokers: [],
    }
  }
  return {
    throttleTimeMs: 0,
    errorCode: context.injectedError(),
    clusterId: cluster.id,
    controllerId: cluster.controllerId,
    brokers: cluster.liveNodes.map(({ id, host, port }) => ({ brokerId: id, host, port })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? ALL_CLUSTER_OPERATIONS
      : OPERATIONS_UNKNOWN,
  }
}
