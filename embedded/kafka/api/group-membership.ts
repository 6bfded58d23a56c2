/** JoinGroup, SyncGroup, Heartbeat and LeaveGroup. */
import { ErrorCode } from '../../../runtime/kafka/protocol/index.js'
import type {
  HeartbeatRequest,
  HeartbeatResponseInput,
  JoinGroupRequest,
  JoinGroupResponseInput,
  LeaveGroupRequest,
  LeaveGroupResponseInput,
  SyncGroupRequest,
  SyncGroupResponseInput,
} from '../../../runtime/kafka/protocol/index.js'
import { refusedJoin, refusedSync } from '../group/requests.js'
import type { JoinResult, SyncResult } from '../group/requests.js'
import { MAX_SESSION_TIMEOUT_MS } from './broker-configs.js'
import type { Handler, RequestContext } from './route.js'

const JOIN_REQUIRES_KNOWN_ID_SINCE = 4
const JOIN_SKIPS_ASSIGNMENT_SINCE = 9
const REBALANCE_TIMEOUT_SINCE = 1
const PROTOCOL_TYPE_SINCE = { join: 7, sync: 5 }
const STATIC_MEMBERS_SINCE = { join: 5, leave: 3 }

/** 0 when this node coordinates the group. */
export const coordinatorProblem = (groupId: string, { cluster, node, injectedError }: RequestContext): number => {
  const injected = injectedError()
  if (injected !== 0) return injected
  if (groupId === '') return ErrorCode.INVALID_GROUP_ID
  return cluster.coordinator('group', groupId)?.id === node.id ? ErrorCode.NONE : ErrorCode.NOT_COORDINATOR
}

export const joinGroup: Handler<JoinGroupRequest, JoinGroupResponseInput> = async (request, context) => {
  const { apiVersion } = context
  const result = await join(request, context)
  return {
    errorCode: result.errorCode,
    memberId: result.memberId,
    generationId: result.generationId,
    ...(apiVersion >= PROTOCOL_TYPE_SINCE.join
      ? { protocolType: result.protocolType, protocolName: result.protocolName }
      : { protocolName: result.protocolName ?? '' }),
    leader: result.leader,
    skipAssignment: result.skipAssignment,
    members: result.members.map(({ memberId, groupInstanceId, metadata }) => ({
      memberId,
      metadata,
      ...(apiVersion >= STATIC_MEMBERS_SINCE.join ? { groupInstanceId } : {}),
    })),
  }
}

const join = (request: JoinGroupRequest, context: RequestContext): JoinResult | Promise<JoinResult> => {
  const { groupId, memberId, sessionTimeoutMs, rebalanceTimeoutMs, groupInstanceId, protocolType } = request
  const { cluster, apiVersion, clientId, clientHost } = context
  const problem = coordinatorProblem(groupId, context)
  if (problem !== 0) return refusedJoin(problem, memberId)
  if (sessionTimeoutMs < cluster.settings.minSessionTimeoutMs || sessionTimeoutMs > MAX_SESSION_TIMEOUT_MS) {
    return refusedJoin(ErrorCode.INVALID_SESSION_TIMEOUT, memberId)
  }
  const known = cluster.groups.get(groupId)
  if (known === undefined && memberId !== '') return refusedJoin(ErrorCode.UNKNOWN_MEMBER_ID, memberId)
  return cluster.groups.getOrCreate(groupId).join({
    memberId,
    groupInstanceId,
    clientId,
    clientHost,
    sessionTimeoutMs,
    rebalanceTimeoutMs: apiVersion >= REBALANCE_TIMEOUT_SINCE ? rebalanceTimeoutMs : sessionTimeoutMs,
    protocolType,
    protocols: request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) })),
    requireKnownMemberId: apiVersion >= JOIN_REQUIRES_KNOWN_ID_SINCE,
    supportsSkippingAssignment: apiVersion >= JOIN_SKIPS_ASSIGNMENT_SINCE,
  })
}

export const syncGroup: Handler<SyncGroupRequest, SyncGroupResponseInput> = async (request, context) => {
  const { errorCode, protocolType, protocolName, assignment } = await sync(request, context)
  const protocol = context.apiVersion >= PROTOCOL_TYPE_SINCE.sync ? { protocolType, protocolName } : {}
  return { errorCode, assignment, ...protocol }
}

const sync = (request: SyncGroupRequest, context: RequestContext): SyncResult | Promise<SyncResult> => {
  const { groupId, memberId, groupInstanceId, generationId, protocolType, protocolName } = request
  const problem = coordinatorProblem(groupId, context)
  if (problem !== 0) return refusedSync(problem)
  const group = context.cluster.groups.get(groupId)
  if (group === undefined) return refusedSync(ErrorCode.UNKNOWN_MEMBER_ID)
  const needsProtocol = context.apiVersion >= PROTOCOL_TYPE_SINCE.sync
  if (needsProtocol && (protocolType === null || protocolName === null)) {
    return refusedSync(ErrorCode.INCONSISTENT_GROUP_PROTOCOL)
  }
  const assignments = new Map(
    request.assignments.map((entry) => [entry.memberId, Buffer.from(entry.assignment)] as const),
  )
  return group.sync({ memberId, groupInstanceId, generationId, protocolType, protocolName, assignments })
}

export const heartbeat: Handler<HeartbeatRequest, HeartbeatResponseInput> = (request, context) => {
  const { groupId, memberId, groupInstanceId, generationId } = request
  const problem = coordinatorProblem(groupId, context)
  if (problem !== 0) return { errorCode: problem }
  const group = context.cluster.groups.get(groupId)
  return { errorCode: group?.heartbeat(memberId, groupInstanceId, generationId) ?? ErrorCode.UNKNOWN_MEMBER_ID }
}

export const leaveGroup: Handler<LeaveGroupRequest, LeaveGroupResponseInput> = (request, context) => {
  const problem = coordinatorProblem(request.groupId, context)
  if (problem !== 0) return { errorCode: problem }
  const group = context.cluster.groups.get(request.groupId)
  const leave = (memberId: string, instanceId: string | null): number =>
    group?.leave(memberId, instanceId) ?? ErrorCode.UNKNOWN_MEMBER_ID
  if (context.apiVersion < STATIC_MEMBERS_SINCE.leave) return { errorCode: leave(request.memberId, null) }
  return {
    errorCode: ErrorCode.NONE,
    members: request.members.map(({ memberId, groupInstanceId }) => ({
      memberId,
      groupInstanceId,
      errorCode: leave(memberId, groupInstanceId),
    })),
  }
}
