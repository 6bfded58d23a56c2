import type { Conversation } from './conversation.js'
import { accessControl, discovery } from './discovery.js'
import { fetching, offsets, waiting } from './fetch.js'
import { expiry, groupOffsets, joinRefusals, lateMember, staticMembers, twoMembers } from './groups.js'
import { compactedProduce, idempotentProduce, logAppendTime, plainProduce, withoutAcks } from './produce.js'
import {
  overlappingAborts,
  transactionAdministration,
  transactionalOffsets,
  transactionsVersion1,
  transactionsVersion2,
} from './transactions.js'
import { topicAdministration, topicConfigs } from './topics.js'

export const CONVERSATIONS: readonly Conversation[] = [
  discovery,
  accessControl,
  plainProduce,
  withoutAcks,
  logAppendTime,
  compactedProduce,
  idempotentProduce,
  fetching,
  waiting,
  offsets,
  topicAdministration,
  topicConfigs,
  twoMembers,
  joinRefusals,
  staticMembers,
  expiry,
  lateMember,
  groupOffsets,
  transactionsVersion1,
  transactionsVersion2,
  overlappingAborts,
  transactionalOffsets,
  transactionAdministration,
]
