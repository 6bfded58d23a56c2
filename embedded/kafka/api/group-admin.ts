/** DescribeGroups, ListGroups and DeleteGroups. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  DeleteGroupsRequest,
  DeleteGroupsResponseInput,
  DescribeGroupsRequest,
  DescribeGroupsResponseInput,
  DescribedGroupInput,
  ListGroupsRequest,
  ListGroupsResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import { metadataFor } from '../group/member.js'
import { ALL_GROUP_OPERATIONS, OPERATIONS_UNKNOWN } from './authorized-operations.js'
import { coordinatorProblem } from './group-membership.js'
import type { Handler, RequestContext } from './route.js'

const STATIC_MEMBERS_SINCE = 4
const MISSING_IS_ERROR_SINCE = 6
const STATES_SINCE = 4
const TYPES_SINCE = 5
const GROUP_TYPE = 'classic'

export const describeGroups: Handler<DescribeGroupsRequest, DescribeGroupsResponseInput> = (request, context) => ({
  groups: request.groups.map((groupId) => describe(groupId, request.includeAuthorizedOperations, context)),
})

const describe = (groupId: string, operations: boolean, context: RequestContext): DescribedGroupInput => {
  const authorizedOperations = operations ? ALL_GROUP_OPERATIONS : OPERATIONS_UNKNOWN
  const problem = coordinatorProblem(groupId, context)
  const nothing = { groupId, protocolType: '', protocolData: '', members: [] }
  if (problem !== 0) return { ...nothing, errorCode: problem, groupState: '' }
  const group = context.cluster.groups.get(groupId)
  if (group === undefined) {
    return context.apiVersion >= MISSING_IS_ERROR_SINCE
      ? {
          ...nothing,
          errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
          errorMessage: `Group ${groupId} not found.`,
          groupState: 'Dead',
          authorizedOperations,
        }
      : { ...nothing, errorCode: ErrorCode.NONE, groupState: 'Dead', authorizedOperations }
  }
  const hasProtocol = group.state === 'Stable'
  return {
    errorCode: ErrorCode.NONE,
    groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: hasProtocol ? (group.protocolName ?? '') : '',
    members: group.members.map((member) => ({
      memberId: member.id,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: hasProtocol ? metadataFor(member, group.protocolName) : Buffer.alloc(0),
      memberAssignment: hasProtocol ? member.assignment : Buffer.alloc(0),
      ...(context.apiVersion >= STATIC_MEMBERS_SINCE ? { groupInstanceId: member.instanceId } : {}),
    })),
    authorizedOperations,
  }
}

export const listGroups: Handler<ListGroupsRequest, ListGroupsResponseInput> = (request, context) => {
  const { apiVersion, cluster, node } = context
  const wanted = (filter: readonly string[], value: string): boolean =>
    filter.length === 0 || filter.some((entry) => entry.toLowerCase() === value.toLowerCase())
  return {
    errorCode: context.injectedError(),
    groups: cluster.groups
      .all()
      .filter((group) => cluster.coordinator('group', group.id)?.id === node.id)
      .filter((group) => wanted(request.statesFilter, group.state) && wanted(request.typesFilter, GROUP_TYPE))
      .map((group) => ({
        groupId: group.id,
        protocolType: group.protocolType ?? '',
        ...(apiVersion >= STATES_SINCE ? { groupState: group.state } : {}),
        ...(apiVersion >= TYPES_SINCE ? { groupType: GROUP_TYPE } : {}),
      })),
  }
}

export const deleteGroups: Handler<DeleteGroupsRequest, DeleteGroupsResponseInput> = (request, context) => ({
  throttleTimeMs: 0,
  results: request.groupsNames.map((groupId) => ({
    groupId,
    errorCode: coordinatorProblem(groupId, context) || context.cluster.groups.delete(groupId),
  })),
})
