/**
 * Who belongs to a group: members in order of joining, static ones also by instance id, members that were given an id
 * and have not come back with it, the leader, and the choice of the protocol. No timers, no states.
 */
import type { Member, MemberProtocol } from './member.js'

export class Membership {
  readonly #members = new Map<string, Member>()
  readonly #staticIds = new Map<string, string>()
  leaderId: string | null = null
  protocolType: string | null = null

  get size(): number {
    return this.#members.size
  }

  all(): Member[] {
    return [...this.#members.values()]
  }

  get(id: string): Member | undefined {
    return this.#members.get(id)
  }

  staticMemberId(instanceId: string): string | undefined {
    return this.#staticIds.get(instanceId)
  }

  add(member: Member, protocolType: string): void {
    if (this.size === 0) this.protocolType = protocolType
    this.#members.set(member.id, member)
    if (member.instanceId !== null) this.#staticIds.set(member.instanceId, member.id)
    this.leaderId ??= member.id
  }

  remove(member: Member): void {
    this.#members.delete(member.id)
    if (member.instanceId !== null && this.#staticIds.get(member.instanceId) === member.id) {
      this.#staticIds.delete(member.instanceId)
    }
    if (this.leaderId === member.id) this.leaderId = this.all()[0]?.id ?? null
  }

  /** A restarted static member takes the place of its former self, also as leader. */
  replaceStatic(former: Member, successor: Member): void {
    const members = this.all().map((member) => (member === former ? successor : member))
    this.#members.clear()
    for (const member of members) this.#members.set(member.id, member)
    if (successor.instanceId !== null) this.#staticIds.set(successor.instanceId, successor.id)
    if (this.leaderId === former.id) this.leaderId = successor.id
  }

  /** A leader that has not rejoined hands over to one that has. False when nobody has. */
  electJoinedLeader(): boolean {
    const leader = this.leaderId === null ? undefined : this.get(this.leaderId)
    if (leader !== undefined && leader.awaitingJoin !== null) return true
    const joined = this.all().find((member) => member.awaitingJoin !== null)
    if (joined === undefined) return false
    this.leaderId = joined.id
    return true
  }

  /** Whether a member with these protocols can join without leaving the group without a common one. */
  accepts(protocolType: string, protocols: readonly MemberProtocol[]): boolean {
    if (protocolType === '' || protocols.length === 0) return false
    if (this.size === 0) return true
    const common = this.#commonProtocols()
    return protocolType === this.protocolType && protocols.some((protocol) => common.includes(protocol.name))
  }

  /** The common protocol with most votes, each member voting for the first of its list. */
  selectProtocol(): string | null {
    const common = this.#commonProtocols()
    const votes = new Map<string, number>()
    for (const member of this.all()) {
      const vote = member.protocols.find((protocol) => common.includes(protocol.name))
      if (vote !== undefined) votes.set(vote.name, (votes.get(vote.name) ?? 0) + 1)
    }
    let best: string | null = null
    for (const [name, count] of votes) if (best === null || count > (votes.get(best) ?? 0)) best = name
    return best
  }

  #commonProtocols(): string[] {
    const [first, ...others] = this.all()
    return (first?.protocols ?? [])
      .map((protocol) => protocol.name)
      .filter((name) => others.every((member) => member.protocols.some((protocol) => protocol.name === name)))
  }
}
