import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../../embedded/kafka/clock.js'
import { ClassicGroup } from '../../../../embedded/kafka/group/classic-group.js'
import type { JoinRequest, JoinResult } from '../../../../embedded/kafka/group/requests.js'
import { NO_STORAGE } from '../../../../embedded/kafka/storage/storage.js'
import { ErrorCode } from '../../../../runtime/kafka/protocol/index.js'

const setup = (initialRebalanceDelayMs = 0) => {
  const clock = new ManualClock(0)
  const group = new ClassicGroup('g', { clock, initialRebalanceDelayMs, storage: NO_STORAGE })
  const join = (request: Partial<JoinRequest> = {}): Promise<JoinResult> =>
    group.join({
      memberId: '',
      groupInstanceId: null,
      clientId: 'c',
      clientHost: '/h',
      sessionTimeoutMs: 1000,
      rebalanceTimeoutMs: 5000,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
      requireKnownMemberId: false,
      supportsSkippingAssignment: true,
      ...request,
    })
  const sync = ({ memberId, generationId }: JoinResult, groupInstanceId: string | null = null) =>
    group.sync({
      memberId,
      groupInstanceId,
      generationId,
      protocolType: null,
      protocolName: null,
      assignments: new Map(),
    })
  return { clock, group, join, sync }
}

describe('ClassicGroup', () => {
  it('waits for more members before the first rebalance of an empty group, not for ever', async () => {
    const { clock, group, join } = setup(3000)
    const first = join()
    clock.advance(2000)
    const second = join()
    clock.advance(2999)
    expect(group.state).toBe('PreparingRebalance')
    clock.advance(1)
    const results = await Promise.all([first, second])
    expect(results.map(({ generationId }) => generationId)).toEqual([1, 1])
    expect(results[0].members.length).toBe(2)
  })

  it('removes members that fall silent', async () => {
    const { clock, group, join, sync } = setup()
    const member = await join()
    await sync(member)
    clock.advance(900)
    expect(group.heartbeat(member.memberId, null, 1)).toBe(0)
    clock.advance(999)
    expect(group.members.length).toBe(1)
    clock.advance(1)
    expect([group.members.length, group.state, group.generation]).toEqual([0, 'Empty', 2])
  })

  it('does not count the time that a member waits for others', async () => {
    const { clock, group, join, sync } = setup()
    const first = await join()
    await sync(first)
    const second = join({ sessionTimeoutMs: 1000 })
    for (let beats = 0; beats < 4; beats++) {
      clock.advance(900)
      expect(group.heartbeat(first.memberId, null, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS)
    }
    const again = join({ memberId: first.memberId })
    expect([(await again).generationId, (await second).generationId]).toEqual([2, 2])
  })

  it('goes on without members that do not rejoin, but keeps static ones until their session ends', async () => {
    const { clock, group, join, sync } = setup()
    const dynamic = await join({ sessionTimeoutMs: 60_000 })
    await sync(dynamic)
    const joinStatic = join({ groupInstanceId: 'i', sessionTimeoutMs: 60_000 })
    await join({ memberId: dynamic.memberId, sessionTimeoutMs: 60_000 })
    const fixed = await joinStatic
    await sync(dynamic)
    const third = join({ sessionTimeoutMs: 60_000 })
    clock.advance(5000)
    const joined = await third
    expect(joined.leader).toBe(joined.memberId)
    expect(group.members.map(({ id }) => id)).toEqual([fixed.memberId, joined.memberId])
    expect(group.heartbeat(dynamic.memberId, null, 3)).toBe(ErrorCode.UNKNOWN_MEMBER_ID)
    expect(group.heartbeat(fixed.memberId, 'i', 3)).toBe(0)
  })

  it('waits for those who were given an id, while it counts', async () => {
    const { clock, group, join, sync } = setup()
    const first = await join()
    await sync(first)
    const { errorCode } = await join({ requireKnownMemberId: true })
    expect(errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED)
    expect(group.heartbeat(first.memberId, null, 1)).toBe(0)
    const changed = join({ memberId: first.memberId, protocols: [{ name: 'range', metadata: Buffer.from('x') }] })
    expect(group.state).toBe('PreparingRebalance')
    clock.advance(1000)
    expect((await changed).generationId).toBe(2)
  })

  it('tells everybody who waits when it is closed', async () => {
    const { group, join } = setup(3000)
    const waiting = join()
    group.close()
    expect((await waiting).errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE)
    expect((await join()).errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE)
  })
})
