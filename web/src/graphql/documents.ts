import { gql } from "@urql/core";

import type {
  AboutQuery,
  AboutQueryVariables,
  BriefingQuery,
  BriefingQueryVariables,
  BriefingsBeforeQuery,
  BriefingsBeforeQueryVariables,
  BriefingsSubscription,
  BriefingsSubscriptionVariables,
  CameraQuery,
  CameraQueryVariables,
  DayBriefingsQuery,
  DayBriefingsQueryVariables,
  DeleteUserDataMutation,
  DeleteUserDataMutationVariables,
  EndMutation,
  EndMutationVariables,
  ExtendMutation,
  ExtendMutationVariables,
  LoginMutation,
  LoginMutationVariables,
  MarkSeenMutation,
  MarkSeenMutationVariables,
  NeighboursQuery,
  NeighboursQueryVariables,
  NowQuery,
  NowQueryVariables,
  OccupancyQuery,
  OccupancyQueryVariables,
  PreviewStyleMutation,
  PreviewStyleMutationVariables,
  ReportBriefingMutation,
  ReportBriefingMutationVariables,
  RequestChangedSubscription,
  RequestChangedSubscriptionVariables,
  RequestQuery,
  RequestQueryVariables,
  RequestsQuery,
  RequestsQueryVariables,
  RunNowMutation,
  RunNowMutationVariables,
  SaveStyleMutation,
  SaveStyleMutationVariables,
  StartMutation,
  StartMutationVariables,
  StyleQuery,
  StyleQueryVariables,
  SummaryQuery,
  SummaryQueryVariables,
} from "./types";

/** The fields of the documents that this server does not have. */
export const absent: ReadonlySet<string> = new Set<string>(["Briefing.facts","Briefing.made","Briefing.reportedWrong","Mutation.deleteUserData","Mutation.extendBriefing","Mutation.markSeen","Mutation.previewStyle","Mutation.reportBriefing","Mutation.runNow","Query.about","Query.briefing","Query.camera","Query.dayBriefings","Query.occupancy","Summary.advice","Summary.figures","User.seenAt"]);

export const BriefingDocument = /* @__PURE__ */ gql<BriefingQuery, BriefingQueryVariables>(
  "query Briefing{__typename}",
);

export const NeighboursDocument = /* @__PURE__ */ gql<NeighboursQuery, NeighboursQueryVariables>(
  "query Neighbours($requestId:ID!$cursor:Cursor!){before:briefings(requestId:$requestId last:1 before:$cursor){edges{node{...BriefingRow}}}after:briefings(requestId:$requestId first:1 after:$cursor){edges{node{...BriefingRow}}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded}",
);

export const BriefingsBeforeDocument = /* @__PURE__ */ gql<BriefingsBeforeQuery, BriefingsBeforeQueryVariables>(
  "query BriefingsBefore($requestId:ID!$last:Int!$before:Cursor){briefings(requestId:$requestId last:$last before:$before){edges{node{...BriefingRow}}pageInfo{hasPreviousPage startCursor}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded}",
);

export const DayBriefingsDocument = /* @__PURE__ */ gql<DayBriefingsQuery, DayBriefingsQueryVariables>(
  "query DayBriefings{__typename}",
);

export const OccupancyDocument = /* @__PURE__ */ gql<OccupancyQuery, OccupancyQueryVariables>(
  "query Occupancy{__typename}",
);

export const ReportBriefingDocument = /* @__PURE__ */ gql<ReportBriefingMutation, ReportBriefingMutationVariables>(
  "mutation ReportBriefing{__typename}",
);

export const BriefingsDocument = /* @__PURE__ */ gql<BriefingsSubscription, BriefingsSubscriptionVariables>(
  "subscription Briefings($requestId:ID!$after:Cursor){briefings(requestId:$requestId after:$after){...BriefingRow}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded}",
);

export const RequestDocument = /* @__PURE__ */ gql<RequestQuery, RequestQueryVariables>(
  "query Request($requestId:ID!){request(id:$requestId){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const RequestsDocument = /* @__PURE__ */ gql<RequestsQuery, RequestsQueryVariables>(
  "query Requests($username:String!$first:Int!$after:Cursor){requests(username:$username first:$first after:$after){edges{node{...RequestRow}}pageInfo{hasNextPage endCursor}}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const SummaryDocument = /* @__PURE__ */ gql<SummaryQuery, SummaryQueryVariables>(
  "query Summary($requestId:ID!){aiSummary(requestId:$requestId){text generatedAt source}}",
);

export const StartDocument = /* @__PURE__ */ gql<StartMutation, StartMutationVariables>(
  "mutation Start($input:StartBriefingInput!){startBriefing(input:$input){...RequestRow briefings(last:40){edges{node{...BriefingRow}}}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const EndDocument = /* @__PURE__ */ gql<EndMutation, EndMutationVariables>(
  "mutation End($username:String!){endBriefing(username:$username){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const RunNowDocument = /* @__PURE__ */ gql<RunNowMutation, RunNowMutationVariables>(
  "mutation RunNow{__typename}",
);

export const ExtendDocument = /* @__PURE__ */ gql<ExtendMutation, ExtendMutationVariables>(
  "mutation Extend{__typename}",
);

export const RequestChangedDocument = /* @__PURE__ */ gql<RequestChangedSubscription, RequestChangedSubscriptionVariables>(
  "subscription RequestChanged($username:String!){requestChanged(username:$username){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const NowDocument = /* @__PURE__ */ gql<NowQuery, NowQueryVariables>(
  "query Now($username:String!){user(username:$username){id username custom requests(first:1){edges{node{...RequestRow briefings(last:40){edges{node{...BriefingRow}}}}}}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const CameraDocument = /* @__PURE__ */ gql<CameraQuery, CameraQueryVariables>(
  "query Camera{__typename}",
);

export const AboutDocument = /* @__PURE__ */ gql<AboutQuery, AboutQueryVariables>(
  "query About{__typename}",
);

export const StyleDocument = /* @__PURE__ */ gql<StyleQuery, StyleQueryVariables>(
  "query Style($username:String!){user(username:$username){id username custom}}",
);

export const LoginDocument = /* @__PURE__ */ gql<LoginMutation, LoginMutationVariables>(
  "mutation Login($username:String!){login(username:$username){outcome user{id username custom}}}",
);

export const SaveStyleDocument = /* @__PURE__ */ gql<SaveStyleMutation, SaveStyleMutationVariables>(
  "mutation SaveStyle($username:String!$custom:[String!]!){updateCustom(username:$username custom:$custom){id username custom}}",
);

export const PreviewStyleDocument = /* @__PURE__ */ gql<PreviewStyleMutation, PreviewStyleMutationVariables>(
  "mutation PreviewStyle{__typename}",
);

export const MarkSeenDocument = /* @__PURE__ */ gql<MarkSeenMutation, MarkSeenMutationVariables>(
  "mutation MarkSeen{__typename}",
);

export const DeleteUserDataDocument = /* @__PURE__ */ gql<DeleteUserDataMutation, DeleteUserDataMutationVariables>(
  "mutation DeleteUserData{__typename}",
);
