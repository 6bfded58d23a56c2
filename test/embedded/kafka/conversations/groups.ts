import { api, encodeSubscription } from '../../../../runtime/kafka/protocol/index.js'
import type { JoinGroupResponse } from '../../../../runtime/kafka/protocol/index.js'
import type { WireClient } from '../wire-client.js'
import type { Conversation, Talk } from './conversation.js'

interface MemberOptions {
  readonly memberId?: string
  readonly instanceId?: string
  readonly protocols?: readonly string[]
  readonly metadata?: string
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly protocolType?: string
  readonly client?: WireClient
  readonly version?: number
}

/** The coordinator reads subscriptions of the type consumer. */
const subscription = (text: string): Buffer =>
  encodeSubscription({ topics: ['any'], userData: Buffer.from(text), ownedPartitions: [] }, 1)

const joinRequest = (groupId: string, options: MemberOptions) => ({
  groupId,
  sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
  rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 10_000,
  memberId: options.memberId ?? '',
  groupInstanceId: options.instanceId ?? null,
  protocolType: options.protocolType ?? 'consumer',
  protocols: (options.protocols ?? ['range']).map((name) => ({
    name,
    metadata: subscription(options.metadata ?? `${name} data`),
  })),
})

const join = (talk: Talk, groupId: string, options: MemberOptions = {}): Promise<JoinGroupResponse> =>
  talk.quietly(api.JoinGroup, options.version ?? 5, joinRequest(groupId, options), options.client)

/** Joins with the id that the coordinator gives. */
const joinTwice = async (talk: Talk, groupId: string, options: MemberOptions = {}): Promise<JoinGroupResponse> => {
  const { memberId } = await join(talk, groupId, options)
  return join(talk, groupId, { ...options, memberId })
}

const sync = (
  talk: Talk,
  groupId: string,
  { memberId, generationId }: Pick<JoinGroupResponse, 'memberId' | 'generationId'>,
  assignments: Readonly<Record<string, string>> = {},
  options: MemberOptions = {},
) =>
  talk.quietly(
    api.SyncGroup,
    options.version ?? 3,
    {
      groupId,
      generationId,
      memberId,
      groupInstanceId: options.instanceId ?? null,
      assignments: Object.entries(assignments).map(([id, text]) => ({ memberId: id, assignment: Buffer.from(text) })),
    },
    options.client,
  )

const beat = (talk: Talk, step: string, groupId: string, memberId: string, generationId: number, instanceId?: string) =>
  talk.say(step, api.Heartbeat, 3, { groupId, generationId, memberId, groupInstanceId: instanceId ?? null })

const commitRequest = (groupId: string, topic: string, committedOffset: bigint, extra: object = {}) => ({
  groupId,
  memberId: '',
  topics: [{ name: topic, partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: 'note' }] }],
  ...extra,
})

export const twoMembers: Conversation = {
  name: 'group-two-members',
  hold: async (talk) => {
    const group = await talk.group('g')
    const [one, two] = [await talk.client(), await talk.client()]
    const first = await join(talk, group, { client: one })
    talk.note('first join: an id', first)
    const joined = await join(talk, group, { client: one, memberId: first.memberId })
    talk.note('second join', joined)
    await beat(talk, 'heartbeat before sync', group, joined.memberId, 1)
    talk.note('sync', await sync(talk, group, joined, { [joined.memberId]: 'all' }, { client: one }))
    await beat(talk, 'heartbeat', group, joined.memberId, 1)
    await beat(talk, 'heartbeat of an old generation', group, joined.memberId, 0)
    await beat(talk, 'heartbeat of a stranger', group, 'stranger', 1)
    const second = await join(talk, group, { client: two })
    const entering = join(talk, group, { client: two, memberId: second.memberId })
    await untilRebalancing(talk, group, joined.memberId, 1)
    talk.note('sync during the rebalance', await sync(talk, group, joined, {}, { client: one }))
    talk.note('leader rejoins', await join(talk, group, { client: one, memberId: joined.memberId }))
    const entered = await entering
    talk.note('second member is in', entered)
    const follower = sync(talk, group, entered, {}, { client: two })
    const generation = { memberId: joined.memberId, generationId: 2 }
    const shares = { [joined.memberId]: 'left', [entered.memberId]: 'right' }
    talk.note('leader syncs', await sync(talk, group, generation, shares, { client: one }))
    talk.note('follower got', await follower)
    talk.note('sync again', await sync(talk, group, entered, {}, { client: two }))
    talk.note('follower rejoins unchanged', await join(talk, group, { client: two, memberId: entered.memberId }))
    await beat(talk, 'heartbeat after that', group, entered.memberId, 2)
    talk.note(
      'sync of an old generation',
      await sync(talk, group, { ...entered, generationId: 1 }, {}, { client: two }),
    )
    await talk.say('describe', api.DescribeGroups, 5, { groups: [group] })
    await talk.say('describe, version 0', api.DescribeGroups, 0, { groups: [group] })
    await talk.say('delete while in use', api.DeleteGroups, 2, { groupsNames: [group] })
    await leave(talk, 'leave', group, entered.memberId)
    await beat(talk, 'heartbeat after the leave', group, joined.memberId, 2)
    talk.note('rejoin alone', await join(talk, group, { client: one, memberId: joined.memberId }))
    await leave(talk, 'leave of a stranger', group, 'stranger')
    await leave(talk, 'last leave', group, joined.memberId)
    await beat(talk, 'heartbeat in an empty group', group, joined.memberId, 3)
    await talk.say('describe empty', api.DescribeGroups, 5, { groups: [group] })
    talk.note('join with an old id', await join(talk, group, { memberId: joined.memberId }))
    await talk.say('delete', api.DeleteGroups, 2, { groupsNames: [group] })
    await talk.say('delete again', api.DeleteGroups, 2, { groupsNames: [group] })
    await talk.say('describe the deleted', api.DescribeGroups, 5, { groups: [group] })
    await talk.say('describe the deleted, version 6', api.DescribeGroups, 6, { groups: [group] })
  },
}

/** Heartbeats until they say that members must rejoin. */
const untilRebalancing = async (talk: Talk, groupId: string, memberId: string, generationId: number): Promise<void> => {
  for (let tries = 0; tries < 500; tries++) {
    const { errorCode } = await talk.quietly(api.Heartbeat, 3, { groupId, generationId, memberId })
    if (errorCode !== 0) {
      talk.note('heartbeat during the rebalance', errorCode)
      return
    }
  }
  throw new Error('no rebalance')
}

const leave = (talk: Talk, step: string, groupId: string, memberId: string, instanceId: string | null = null) =>
  talk.say(step, api.LeaveGroup, 3, { groupId, members: [{ memberId, groupInstanceId: instanceId }] })

export const joinRefusals: Conversation = {
  name: 'group-refusals',
  hold: async (talk) => {
    const group = await talk.group('g')
    talk.note('empty group id', await join(talk, ''))
    talk.note('short session', await join(talk, group, { sessionTimeoutMs: 1 }))
    talk.note('long session', await join(talk, group, { sessionTimeoutMs: 100_000_000 }))
    talk.note('unknown member', await join(talk, group, { memberId: 'nobody' }))
    talk.note('no protocols', await join(talk, group, { protocols: [] }))
    talk.note('no protocol type', await join(talk, group, { protocolType: '' }))
    for (const version of [0, 1, 2, 3]) {
      const own = await talk.group(`v${version}`)
      talk.note(`join, version ${version}`, await join(talk, own, { version }))
    }
    for (const version of [4, 5, 6, 7, 8, 9]) {
      const own = await talk.group(`v${version}`)
      talk.note(`join, version ${version}`, await joinTwice(talk, own, { version }))
    }
    const joined = await joinTwice(talk, group, { protocols: ['range', 'sticky'] })
    talk.note('other protocols', await join(talk, group, { protocols: ['mine'] }))
    talk.note('other protocol type', await join(talk, group, { protocolType: 'connect' }))
    const wrongName = { protocolType: 'consumer', protocolName: 'sticky' }
    const syncRequest = { groupId: group, generationId: 1, memberId: joined.memberId, assignments: [] }
    await talk.say('sync with another protocol', api.SyncGroup, 5, { ...syncRequest, ...wrongName })
    await talk.say('sync without protocol', api.SyncGroup, 5, syncRequest)
    await talk.say('sync', api.SyncGroup, 5, { ...syncRequest, protocolType: 'consumer', protocolName: 'range' })
    await talk.say('heartbeat of no group', api.Heartbeat, 3, {
      groupId: await talk.group('no'),
      generationId: 1,
      memberId: 'm',
    })
    await talk.say('sync of no group', api.SyncGroup, 3, { ...syncRequest, groupId: await talk.group('no') })
    await leave(talk, 'leave of no group', await talk.group('no'), 'm')
    await talk.say('leave, version 2', api.LeaveGroup, 2, { groupId: group, memberId: joined.memberId })
  },
}

export const staticMembers: Conversation = {
  name: 'group-static-members',
  hold: async (talk) => {
    const group = await talk.group('g')
    const [one, two] = [await talk.client(), await talk.client()]
    const leader = await join(talk, group, { instanceId: 'i1', client: one })
    talk.note('first', leader)
    await sync(talk, group, leader, { [leader.memberId]: 'all' }, { instanceId: 'i1', client: one })
    const entering = join(talk, group, { instanceId: 'i2', client: two })
    await untilStaticRebalancing(talk, group, leader.memberId, 1)
    const again = await join(talk, group, { instanceId: 'i1', memberId: leader.memberId, client: one })
    const follower = await entering
    talk.note('second', follower)
    const assignments = { [leader.memberId]: 'left', [follower.memberId]: 'right' }
    const waiting = sync(talk, group, follower, {}, { instanceId: 'i2', client: two })
    await sync(talk, group, again, assignments, { instanceId: 'i1', client: one })
    talk.note('second got', await waiting)
    const restarted = await join(talk, group, { instanceId: 'i2', client: two })
    talk.note('follower restarts', restarted)
    talk.note('its sync', await sync(talk, group, restarted, {}, { instanceId: 'i2', client: two }))
    await beat(talk, 'old incarnation', group, follower.memberId, 2, 'i2')
    await beat(talk, 'old incarnation without instance', group, follower.memberId, 2)
    await beat(talk, 'leader goes on', group, leader.memberId, 2, 'i1')
    await beat(talk, 'unknown instance', group, leader.memberId, 2, 'i9')
    const newLeader = await join(talk, group, { instanceId: 'i1', client: one })
    talk.note('leader restarts', newLeader)
    talk.note('its sync', await sync(talk, group, newLeader, {}, { instanceId: 'i1', client: one }))
    const newest = await join(talk, group, { instanceId: 'i1', client: one, version: 9 })
    talk.note('leader restarts, version 9', newest)
    const changed = await join(talk, group, { instanceId: 'i1', client: one, metadata: 'changed' })
    talk.note('leader restarts with other metadata', changed)
    await talk.say('describe', api.DescribeGroups, 5, { groups: [group] })
    await leave(talk, 'leave by instance', group, '', 'i2')
    await leave(talk, 'leave by unknown instance', group, '', 'i7')
    await leave(talk, 'leave of a fenced member', group, leader.memberId, 'i1')
    await leave(talk, 'leave by both', group, changed.memberId, 'i1')
  },
}

const untilStaticRebalancing = async (talk: Talk, groupId: string, memberId: string, generationId: number) => {
  for (let tries = 0; tries < 500; tries++) {
    const request = { groupId, generationId, memberId, groupInstanceId: 'i1' }
    const { errorCode } = await talk.quietly(api.Heartbeat, 3, request)
    if (errorCode !== 0) return
  }
  throw new Error('no rebalance')
}

export const expiry: Conversation = {
  name: 'group-expiry',
  hold: async (talk) => {
    const group = await talk.group('g')
    const [one, two] = [await talk.client(), await talk.client()]
    const keeper = await joinTwice(talk, group, { client: one, rebalanceTimeoutMs: 2000 })
    await sync(talk, group, keeper, { [keeper.memberId]: 'all' }, { client: one })
    const short = { client: two, sessionTimeoutMs: 2000, rebalanceTimeoutMs: 2000 }
    const entering = joinTwice(talk, group, short)
    await untilRebalancing(talk, group, keeper.memberId, 1)
    const kept = await join(talk, group, { client: one, memberId: keeper.memberId, rebalanceTimeoutMs: 2000 })
    const silent = await entering
    const waiting = sync(talk, group, silent, {}, { client: two })
    await sync(talk, group, kept, { [silent.memberId]: 'some' }, { client: one })
    talk.note('the silent one got', await waiting)
    await untilRebalancingSlowly(talk, group, keeper.memberId)
    talk.note('rejoin without it', await join(talk, group, { client: one, memberId: keeper.memberId }))
    await beat(talk, 'the silent one is gone', group, silent.memberId, 2)
  },
}

const untilRebalancingSlowly = async (talk: Talk, groupId: string, memberId: string): Promise<void> => {
  for (;;) {
    const { errorCode } = await talk.quietly(api.Heartbeat, 3, { groupId, generationId: 2, memberId })
    if (errorCode === 0) continue
    talk.note('told of its end', errorCode)
    return
  }
}

export const lateMember: Conversation = {
  name: 'group-late-member',
  hold: async (talk) => {
    const group = await talk.group('g')
    const [one, two] = [await talk.client(), await talk.client()]
    const first = await joinTwice(talk, group, { client: one, rebalanceTimeoutMs: 1500 })
    await sync(talk, group, first, {}, { client: one })
    const entered = await joinTwice(talk, group, { client: two, rebalanceTimeoutMs: 1500 })
    talk.note('joined without the first, after the rebalance time-out', entered)
    await beat(talk, 'the first is out', group, first.memberId, 1)
    const third = await joinTwice(talk, group, { client: one, rebalanceTimeoutMs: 1500 })
    talk.note('it never synced', third)
  },
}

export const groupOffsets: Conversation = {
  name: 'group-offsets',
  hold: async (talk) => {
    const [topic, group] = [await talk.topic('t', 2), await talk.group('g')]
    const fetchOld = (requestedTopic = topic) => ({
      groupId: group,
      topics: [{ name: requestedTopic, partitionIndexes: [0, 1, 9] }],
    })
    await talk.say('fetch of no group', api.OffsetFetch, 7, fetchOld())
    for (const version of [2, 3, 4, 5, 6, 7, 8, 9]) {
      await talk.say(
        `commit, version ${version}`,
        api.OffsetCommit,
        version,
        commitRequest(group, topic, BigInt(version)),
      )
    }
    for (const version of [1, 2, 3, 4, 5, 6, 7]) {
      await talk.say(`fetch, version ${version}`, api.OffsetFetch, version, fetchOld())
    }
    for (const version of [8, 9]) {
      await talk.say(`fetch, version ${version}`, api.OffsetFetch, version, {
        groups: [
          { groupId: group, topics: [{ name: topic, partitionIndexes: [0, 1] }] },
          { groupId: await talk.group('no'), topics: null },
        ],
      })
    }
    await talk.say('fetch all', api.OffsetFetch, 7, { groupId: group, topics: null })
    await talk.say('fetch unknown topic', api.OffsetFetch, 7, fetchOld(talk.unique('missing')))
    await talk.say('commit unknown topic', api.OffsetCommit, 8, commitRequest(group, talk.unique('missing'), 1n))
    await talk.say(
      'commit with a generation',
      api.OffsetCommit,
      8,
      commitRequest(group, topic, 1n, { generationIdOrMemberEpoch: 5, memberId: 'm' }),
    )
    await talk.say(
      'commit of an unknown member',
      api.OffsetCommit,
      8,
      commitRequest(await talk.group('g9'), topic, 1n, { generationIdOrMemberEpoch: 5, memberId: 'm' }),
    )
    const long = {
      topics: [
        { name: topic, partitions: [{ partitionIndex: 0, committedOffset: 1n, committedMetadata: 'x'.repeat(5000) }] },
      ],
    }
    await talk.say('long metadata', api.OffsetCommit, 8, commitRequest(group, topic, 1n, long))
    await talk.say('describe', api.DescribeGroups, 5, { groups: [group] })
    const joined = await joinTwice(talk, group)
    const mine = { generationIdOrMemberEpoch: joined.generationId, memberId: joined.memberId }
    await talk.say('commit before sync', api.OffsetCommit, 8, commitRequest(group, topic, 20n, mine))
    await sync(talk, group, joined, { [joined.memberId]: 'all' })
    await talk.say('commit as member', api.OffsetCommit, 8, commitRequest(group, topic, 21n, mine))
    await talk.say(
      'commit of another generation',
      api.OffsetCommit,
      8,
      commitRequest(group, topic, 22n, { ...mine, generationIdOrMemberEpoch: 9 }),
    )
    await talk.say(
      'commit of a stranger',
      api.OffsetCommit,
      8,
      commitRequest(group, topic, 22n, { ...mine, memberId: 'm' }),
    )
    await talk.say('commit from outside', api.OffsetCommit, 8, commitRequest(group, topic, 22n))
    await talk.say('fetch after these', api.OffsetFetch, 7, fetchOld())
    await leave(talk, 'leave', group, joined.memberId)
    const remove = (step: string, name: string) =>
      talk.say(step, api.OffsetDelete, 0, { groupId: group, topics: [{ name, partitions: [{ partitionIndex: 0 }] }] })
    await remove('delete offset', topic)
    await remove('delete offset of no topic', talk.unique('missing'))
    await talk.say('fetch after the deletion', api.OffsetFetch, 7, fetchOld())
    await talk.say('delete offset of no group', api.OffsetDelete, 0, { groupId: await talk.group('no'), topics: [] })
  },
}
