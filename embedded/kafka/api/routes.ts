/** All APIs that the broker serves. What is not here is not advertised. */
import { api } from '../../../runtime/kafka/protocol/index.js'
import { createAcls, deleteAcls, describeAcls } from './acls.js'
import { apiVersionsHandler } from './api-versions.js'
import { alterConfigs, describeConfigs, incrementalAlterConfigs } from './configs.js'
import { deleteRecords } from './delete-records.js'
import { describeCluster } from './describe-cluster.js'
import { fetch } from './fetch.js'
import { findCoordinator } from './find-coordinator.js'
import { deleteGroups, describeGroups, listGroups } from './group-admin.js'
import { heartbeat, joinGroup, leaveGroup, syncGroup } from './group-membership.js'
import { offsetCommit, offsetDelete, offsetFetch } from './group-offsets.js'
import { listOffsets } from './list-offsets.js'
import { metadata } from './metadata.js'
import { offsetForLeaderEpoch } from './offset-for-leader-epoch.js'
import { produce } from './produce.js'
import { route } from './route.js'
import type { Route } from './route.js'
import { createPartitions, createTopics, deleteTopics } from './topics.js'
import { describeProducers, describeTransactions, listTransactions } from './transaction-admin.js'
import { addOffsetsToTxn, addPartitionsToTxn, endTxn, initProducerId } from './transactions.js'
import { txnOffsetCommit } from './txn-offset-commit.js'

export const ROUTES: readonly Route[] = [
  route(api.Produce, produce),
  route(api.Fetch, fetch),
  route(api.ListOffsets, listOffsets),
  route(api.Metadata, metadata),
  route(api.OffsetCommit, offsetCommit),
  route(api.OffsetFetch, offsetFetch),
  route(api.FindCoordinator, findCoordinator),
  route(api.JoinGroup, joinGroup),
  route(api.Heartbeat, heartbeat),
  route(api.LeaveGroup, leaveGroup),
  route(api.SyncGroup, syncGroup),
  route(api.DescribeGroups, describeGroups),
  route(api.ListGroups, listGroups),
  route(
    api.ApiVersions,
    apiVersionsHandler(() => ROUTES),
  ),
  route(api.CreateTopics, createTopics),
  route(api.DeleteTopics, deleteTopics),
  route(api.DeleteRecords, deleteRecords),
  route(api.InitProducerId, initProducerId),
  route(api.OffsetForLeaderEpoch, offsetForLeaderEpoch),
  route(api.AddPartitionsToTxn, addPartitionsToTxn),
  route(api.AddOffsetsToTxn, addOffsetsToTxn),
  route(api.EndTxn, endTxn),
  route(api.TxnOffsetCommit, txnOffsetCommit),
  route(api.DescribeAcls, describeAcls),
  route(api.CreateAcls, createAcls),
  route(api.DeleteAcls, deleteAcls),
  route(api.DescribeConfigs, describeConfigs),
  route(api.AlterConfigs, alterConfigs),
  route(api.CreatePartitions, createPartitions),
  route(api.DeleteGroups, deleteGroups),
  route(api.IncrementalAlterConfigs, incrementalAlterConfigs),
  route(api.OffsetDelete, offsetDelete),
  route(api.DescribeCluster, describeCluster),
  route(api.DescribeProducers, describeProducers),
  route(api.DescribeTransactions, describeTransactions),
  route(api.ListTransactions, listTransactions),
]
