import { gql } from "@urql/core";

import type {
  BriefingQuery,
  BriefingQueryVariables,
  BriefingsBeforeQuery,
  BriefingsBeforeQueryVariables,
  CameraChangedSubscription,
  CameraChangedSubscriptionVariables,
  CameraNamesQuery,
  CameraNamesQueryVariables,
  CameraOfQuery,
  CameraOfQueryVariables,
  CameraOfRequestQuery,
  CameraOfRequestQueryVariables,
  CamerasQuery,
  CamerasQueryVariables,
  CountingQuery,
  CountingQueryVariables,
  CreateFrameTokenMutation,
  CreateFrameTokenMutationVariables,
  DayBriefingsQuery,
  DayBriefingsQueryVariables,
  DeleteCameraMutation,
  DeleteCameraMutationVariables,
  DeleteUserDataMutation,
  DeleteUserDataMutationVariables,
  EgressOfQuery,
  EgressOfQueryVariables,
  ExtendMutation,
  ExtendMutationVariables,
  MarkSeenMutation,
  MarkSeenMutationVariables,
  NeighboursQuery,
  NeighboursQueryVariables,
  OccupancyQuery,
  OccupancyQueryVariables,
  PreviewEgressMutation,
  PreviewEgressMutationVariables,
  PreviewStyleMutation,
  PreviewStyleMutationVariables,
  ProvidersQuery,
  ProvidersQueryVariables,
  ReportBriefingMutation,
  ReportBriefingMutationVariables,
  RequestsQuery,
  RequestsQueryVariables,
  RevokeFrameTokenMutation,
  RevokeFrameTokenMutationVariables,
  RewriteStyleMutation,
  RewriteStyleMutationVariables,
  SaveCameraMutation,
  SaveCameraMutationVariables,
  StyleQuery,
  StyleQueryVariables,
  StyleSheetQuery,
  StyleSheetQueryVariables,
  SummaryQuery,
  SummaryQueryVariables,
  TestCameraMutation,
  TestCameraMutationVariables,
  UsageDaysQuery,
  UsageDaysQueryVariables,
  ZonesOfQuery,
  ZonesOfQueryVariables,
} from "./types";

export const CamerasDocument = /* @__PURE__ */ gql<CamerasQuery, CamerasQueryVariables>(
  "query Cameras($username:String!){cameras(username:$username){...CameraRow}}fragment CameraRow on Camera{id username name source hasCredentials certificate hasFrameToken zones{id name polygon{points{x y}}}masks{points{x y}}egress{provider egress}keepFrames keepDays health{state since detail english:detail(language:EN)reason words}lastFrame{id width height at url}}",
);

export const CameraNamesDocument = /* @__PURE__ */ gql<CameraNamesQuery, CameraNamesQueryVariables>(
  "query CameraNames($username:String!){cameras(username:$username){id name}}",
);

export const CameraOfDocument = /* @__PURE__ */ gql<CameraOfQuery, CameraOfQueryVariables>(
  "query CameraOf($id:ID!){camera(id:$id){...CameraRow}}fragment CameraRow on Camera{id username name source hasCredentials certificate hasFrameToken zones{id name polygon{points{x y}}}masks{points{x y}}egress{provider egress}keepFrames keepDays health{state since detail english:detail(language:EN)reason words}lastFrame{id width height at url}}",
);

export const SaveCameraDocument = /* @__PURE__ */ gql<SaveCameraMutation, SaveCameraMutationVariables>(
  "mutation SaveCamera($input:SaveCameraInput!){saveCamera(input:$input){credentialsCleared camera{...CameraRow}}}fragment CameraRow on Camera{id username name source hasCredentials certificate hasFrameToken zones{id name polygon{points{x y}}}masks{points{x y}}egress{provider egress}keepFrames keepDays health{state since detail english:detail(language:EN)reason words}lastFrame{id width height at url}}",
);

export const DeleteCameraDocument = /* @__PURE__ */ gql<DeleteCameraMutation, DeleteCameraMutationVariables>(
  "mutation DeleteCamera($id:ID!){deleteCamera(id:$id){id}}",
);

export const TestCameraDocument = /* @__PURE__ */ gql<TestCameraMutation, TestCameraMutationVariables>(
  "mutation TestCamera($input:SaveCameraInput!){testCamera(input:$input){health{state since detail english:detail(language:EN)reason words}picture width height facts{people boxes{...BoxRow}}tiles{columns rows busy}certificate latencyMs}}fragment BoxRow on Box{x0 y0 x1 y1 name zone}",
);

export const PreviewEgressDocument = /* @__PURE__ */ gql<PreviewEgressMutation, PreviewEgressMutationVariables>(
  "mutation PreviewEgress($input:SaveCameraInput!$egress:Egress!){testCamera(input:$input){picture leaves(egress:$egress)}}",
);

export const CreateFrameTokenDocument = /* @__PURE__ */ gql<CreateFrameTokenMutation, CreateFrameTokenMutationVariables>(
  "mutation CreateFrameToken($cameraId:ID!){createFrameToken(cameraId:$cameraId){token url camera{id hasFrameToken}}}",
);

export const RevokeFrameTokenDocument = /* @__PURE__ */ gql<RevokeFrameTokenMutation, RevokeFrameTokenMutationVariables>(
  "mutation RevokeFrameToken($cameraId:ID!){revokeFrameToken(cameraId:$cameraId){camera{id hasFrameToken}}}",
);

export const CameraChangedDocument = /* @__PURE__ */ gql<CameraChangedSubscription, CameraChangedSubscriptionVariables>(
  "subscription CameraChanged($username:String!){cameraChanged(username:$username){...CameraRow}}fragment CameraRow on Camera{id username name source hasCredentials certificate hasFrameToken zones{id name polygon{points{x y}}}masks{points{x y}}egress{provider egress}keepFrames keepDays health{state since detail english:detail(language:EN)reason words}lastFrame{id width height at url}}",
);

export const BriefingDocument = /* @__PURE__ */ gql<BriefingQuery, BriefingQueryVariables>(
  "query Briefing($id:ID!){briefing(id:$id){...BriefingRow facts{counts{name count zone}boxes{...BoxRow}}frame{id at width height url}made{promptVersion verdict latencyMs describedBy said{key line builtIn slots{name text}}rejected{key text rule}}usage{...UsageRow}}}fragment BoxRow on Box{x0 y0 x1 y1 name zone}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}fragment UsageRow on Usage{attempts inputTokens outputTokens estimated}",
);

export const ZonesOfDocument = /* @__PURE__ */ gql<ZonesOfQuery, ZonesOfQueryVariables>(
  "query ZonesOf($requestId:ID!){request(id:$requestId){id camera{id zones{id name polygon{points{x y}}}}}}",
);

export const CameraOfRequestDocument = /* @__PURE__ */ gql<CameraOfRequestQuery, CameraOfRequestQueryVariables>(
  "query CameraOfRequest($requestId:ID!){request(id:$requestId){id camera{id name}}}",
);

export const CountingDocument = /* @__PURE__ */ gql<CountingQuery, CountingQueryVariables>(
  "query Counting{about{counting{method name medianMs wanted reason detail}}}",
);

export const NeighboursDocument = /* @__PURE__ */ gql<NeighboursQuery, NeighboursQueryVariables>(
  "query Neighbours($requestId:ID!$cursor:Cursor!){before:briefings(requestId:$requestId last:1 before:$cursor){edges{node{...BriefingRow}}}after:briefings(requestId:$requestId first:1 after:$cursor){edges{node{...BriefingRow}}}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const BriefingsBeforeDocument = /* @__PURE__ */ gql<BriefingsBeforeQuery, BriefingsBeforeQueryVariables>(
  "query BriefingsBefore($requestId:ID!$last:Int!$before:Cursor){briefings(requestId:$requestId last:$last before:$before){edges{node{...BriefingRow}}pageInfo{hasPreviousPage startCursor}}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const DayBriefingsDocument = /* @__PURE__ */ gql<DayBriefingsQuery, DayBriefingsQueryVariables>(
  "query DayBriefings($username:String!$date:Date!$cameraId:ID$filter:BriefingFilter$first:Int!$after:Cursor){dayBriefings(username:$username date:$date cameraId:$cameraId filter:$filter first:$first after:$after){edges{node{...BriefingRow}}pageInfo{hasNextPage endCursor}}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const OccupancyDocument = /* @__PURE__ */ gql<OccupancyQuery, OccupancyQueryVariables>(
  "query Occupancy($username:String!$date:Date!$cameraId:ID){occupancy(username:$username date:$date cameraId:$cameraId){from samples people}}",
);

export const ReportBriefingDocument = /* @__PURE__ */ gql<ReportBriefingMutation, ReportBriefingMutationVariables>(
  "mutation ReportBriefing($briefingId:ID!$wrong:Boolean!$note:String){reportBriefing(briefingId:$briefingId wrong:$wrong note:$note){id reportedWrong}}",
);

export const RequestsDocument = /* @__PURE__ */ gql<RequestsQuery, RequestsQueryVariables>(
  "query Requests($username:String!$first:Int!$after:Cursor){requests(username:$username first:$first after:$after){edges{node{...RequestRow}}pageInfo{hasNextPage endCursor}}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const SummaryDocument = /* @__PURE__ */ gql<SummaryQuery, SummaryQueryVariables>(
  "query Summary($requestId:ID!){aiSummary(requestId:$requestId){text generatedAt source figures{samples counted occupiedShare averagePeople peak peakAt longestEmptyMinutes hours{hour samples average peak}offlineMinutes unchanged}advice{rule text}}}",
);

export const ExtendDocument = /* @__PURE__ */ gql<ExtendMutation, ExtendMutationVariables>(
  "mutation Extend($requestId:ID!$endTime:String!){extendBriefing(requestId:$requestId endTime:$endTime){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const StyleDocument = /* @__PURE__ */ gql<StyleQuery, StyleQueryVariables>(
  "query Style($username:String!){user(username:$username){id username custom seenAt}}",
);

export const MarkSeenDocument = /* @__PURE__ */ gql<MarkSeenMutation, MarkSeenMutationVariables>(
  "mutation MarkSeen($username:String!$at:Time!){markSeen(username:$username at:$at){id seenAt}}",
);

export const DeleteUserDataDocument = /* @__PURE__ */ gql<DeleteUserDataMutation, DeleteUserDataMutationVariables>(
  "mutation DeleteUserData($username:String!){deleteUserData(username:$username){requests briefings}}",
);

export const StyleSheetDocument = /* @__PURE__ */ gql<StyleSheetQuery, StyleSheetQueryVariables>(
  "query StyleSheet($username:String!){styleSheet(username:$username){...SheetRow}}fragment NoteRow on StyleNote{code text line}fragment SheetRow on StyleSheet{verdict language builtIn provider model madeAt usage{...UsageRow}keys{key builtIn lines{line sample}}refused{key text rule}notes{...NoteRow}}fragment UsageRow on Usage{attempts inputTokens outputTokens estimated}",
);

export const RewriteStyleDocument = /* @__PURE__ */ gql<RewriteStyleMutation, RewriteStyleMutationVariables>(
  "mutation RewriteStyle($username:String!){rewriteStyle(username:$username){...SheetRow}}fragment NoteRow on StyleNote{code text line}fragment SheetRow on StyleSheet{verdict language builtIn provider model madeAt usage{...UsageRow}keys{key builtIn lines{line sample}}refused{key text rule}notes{...NoteRow}}fragment UsageRow on Usage{attempts inputTokens outputTokens estimated}",
);

export const PreviewStyleDocument = /* @__PURE__ */ gql<PreviewStyleMutation, PreviewStyleMutationVariables>(
  "mutation PreviewStyle($input:StyleInput!){previewStyle(input:$input){before after samples{after briefing{id at caption}}notes{...NoteRow}}}fragment NoteRow on StyleNote{code text line}",
);

export const ProvidersDocument = /* @__PURE__ */ gql<ProvidersQuery, ProvidersQueryVariables>(
  "query Providers{providers{id model seesPictures medianMs state lastError}}",
);

export const UsageDaysDocument = /* @__PURE__ */ gql<UsageDaysQuery, UsageDaysQueryVariables>(
  "query UsageDays($username:String!$from:Date!$to:Date!){usage(username:$username from:$from to:$to){date usage{...UsageRow}}}fragment UsageRow on Usage{attempts inputTokens outputTokens estimated}",
);

export const EgressOfDocument = /* @__PURE__ */ gql<EgressOfQuery, EgressOfQueryVariables>(
  "query EgressOf($username:String!){cameras(username:$username){id name egress{provider egress}}}",
);
