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

export const BriefingDocument = /* @__PURE__ */ gql<BriefingQuery, BriefingQueryVariables>(
  "query Briefing($id:ID!){briefing(id:$id){...BriefingRow}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const NeighboursDocument = /* @__PURE__ */ gql<NeighboursQuery, NeighboursQueryVariables>(
  "query Neighbours($requestId:ID!$cursor:Cursor!){before:briefings(requestId:$requestId last:1 before:$cursor){edges{node{...BriefingRow}}}after:briefings(requestId:$requestId first:1 after:$cursor){edges{node{...BriefingRow}}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const BriefingsBeforeDocument = /* @__PURE__ */ gql<BriefingsBeforeQuery, BriefingsBeforeQueryVariables>(
  "query BriefingsBefore($requestId:ID!$last:Int!$before:Cursor){briefings(requestId:$requestId last:$last before:$before){edges{node{...BriefingRow}}pageInfo{hasPreviousPage startCursor}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const DayBriefingsDocument = /* @__PURE__ */ gql<DayBriefingsQuery, DayBriefingsQueryVariables>(
  "query DayBriefings($username:String!$date:Date!$filter:BriefingFilter$first:Int!$after:Cursor){dayBriefings(username:$username date:$date filter:$filter first:$first after:$after){edges{node{...BriefingRow}}pageInfo{hasNextPage endCursor}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const OccupancyDocument = /* @__PURE__ */ gql<OccupancyQuery, OccupancyQueryVariables>(
  "query Occupancy($username:String!$date:Date!){occupancy(username:$username date:$date){from samples people}}",
);

export const ReportBriefingDocument = /* @__PURE__ */ gql<ReportBriefingMutation, ReportBriefingMutationVariables>(
  "mutation ReportBriefing($briefingId:ID!$wrong:Boolean!$note:String){reportBriefing(briefingId:$briefingId wrong:$wrong note:$note){id reportedWrong}}",
);

export const BriefingsDocument = /* @__PURE__ */ gql<BriefingsSubscription, BriefingsSubscriptionVariables>(
  "subscription Briefings($requestId:ID!$after:Cursor){briefings(requestId:$requestId after:$after){...BriefingRow}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const RequestDocument = /* @__PURE__ */ gql<RequestQuery, RequestQueryVariables>(
  "query Request($requestId:ID!){request(id:$requestId){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const RequestsDocument = /* @__PURE__ */ gql<RequestsQuery, RequestsQueryVariables>(
  "query Requests($username:String!$first:Int!$after:Cursor){requests(username:$username first:$first after:$after){edges{node{...RequestRow}}pageInfo{hasNextPage endCursor}}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const SummaryDocument = /* @__PURE__ */ gql<SummaryQuery, SummaryQueryVariables>(
  "query Summary($requestId:ID!){aiSummary(requestId:$requestId){text generatedAt source figures{samples counted occupiedShare averagePeople peak peakAt longestEmptyMinutes hours{hour samples average peak}offlineMinutes unchanged}advice{rule text}}}",
);

export const StartDocument = /* @__PURE__ */ gql<StartMutation, StartMutationVariables>(
  "mutation Start($input:StartBriefingInput!){startBriefing(input:$input){...RequestRow briefings(last:40){edges{node{...BriefingRow}}}}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const EndDocument = /* @__PURE__ */ gql<EndMutation, EndMutationVariables>(
  "mutation End($username:String!){endBriefing(username:$username){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const RunNowDocument = /* @__PURE__ */ gql<RunNowMutation, RunNowMutationVariables>(
  "mutation RunNow($requestId:ID!){runNow(requestId:$requestId){...BriefingRow}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const ExtendDocument = /* @__PURE__ */ gql<ExtendMutation, ExtendMutationVariables>(
  "mutation Extend($requestId:ID!$endTime:String!){extendBriefing(requestId:$requestId endTime:$endTime){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const RequestChangedDocument = /* @__PURE__ */ gql<RequestChangedSubscription, RequestChangedSubscriptionVariables>(
  "subscription RequestChanged($username:String!){requestChanged(username:$username){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const NowDocument = /* @__PURE__ */ gql<NowQuery, NowQueryVariables>(
  "query Now($username:String!){user(username:$username){id username custom seenAt requests(first:1){edges{node{...RequestRow briefings(last:40){edges{node{...BriefingRow}}}}}}}camera(id:\"default\"){...CameraNow}about{timeZone wording}}fragment BriefingRow on Briefing{id cursor requestId at caption counts{name count}degraded reportedWrong made{source model}facts{people change brightness scene detector counts{name count method estimate}}}fragment CameraNow on Camera{id name health{state since detail}lastFrame{id width height at url}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed}}",
);

export const CameraDocument = /* @__PURE__ */ gql<CameraQuery, CameraQueryVariables>(
  "query Camera{camera(id:\"default\"){...CameraNow}}fragment CameraNow on Camera{id name health{state since detail}lastFrame{id width height at url}}",
);

export const AboutDocument = /* @__PURE__ */ gql<AboutQuery, AboutQueryVariables>(
  "query About{about{version store camera wording timeZone accounts}}",
);

export const StyleDocument = /* @__PURE__ */ gql<StyleQuery, StyleQueryVariables>(
  "query Style($username:String!){user(username:$username){id username custom seenAt}}",
);

export const LoginDocument = /* @__PURE__ */ gql<LoginMutation, LoginMutationVariables>(
  "mutation Login($username:String!){login(username:$username){outcome user{id username custom}}}",
);

export const SaveStyleDocument = /* @__PURE__ */ gql<SaveStyleMutation, SaveStyleMutationVariables>(
  "mutation SaveStyle($username:String!$custom:[String!]!){updateCustom(username:$username custom:$custom){id username custom}}",
);

export const PreviewStyleDocument = /* @__PURE__ */ gql<PreviewStyleMutation, PreviewStyleMutationVariables>(
  "mutation PreviewStyle($input:StyleInput!){previewStyle(input:$input){before after}}",
);

export const MarkSeenDocument = /* @__PURE__ */ gql<MarkSeenMutation, MarkSeenMutationVariables>(
  "mutation MarkSeen($username:String!$at:Time!){markSeen(username:$username at:$at){id seenAt}}",
);

export const DeleteUserDataDocument = /* @__PURE__ */ gql<DeleteUserDataMutation, DeleteUserDataMutationVariables>(
  "mutation DeleteUserData($username:String!){deleteUserData(username:$username){requests briefings}}",
);
