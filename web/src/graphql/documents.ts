import { gql } from "@urql/core";

import type {
  AboutQuery,
  AboutQueryVariables,
  BriefingsSubscription,
  BriefingsSubscriptionVariables,
  CameraQuery,
  CameraQueryVariables,
  EndMutation,
  EndMutationVariables,
  LoginMutation,
  LoginMutationVariables,
  NowQuery,
  NowQueryVariables,
  RequestChangedSubscription,
  RequestChangedSubscriptionVariables,
  RequestQuery,
  RequestQueryVariables,
  RunNowMutation,
  RunNowMutationVariables,
  SaveStyleMutation,
  SaveStyleMutationVariables,
  StartMutation,
  StartMutationVariables,
  WatchedQuery,
  WatchedQueryVariables,
} from "./types";

export const BriefingsDocument = /* @__PURE__ */ gql<BriefingsSubscription, BriefingsSubscriptionVariables>(
  "subscription Briefings($requestId:ID!$after:Cursor){briefings(requestId:$requestId after:$after){...BriefingRow}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const RequestDocument = /* @__PURE__ */ gql<RequestQuery, RequestQueryVariables>(
  "query Request($requestId:ID!){request(id:$requestId){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const WatchedDocument = /* @__PURE__ */ gql<WatchedQuery, WatchedQueryVariables>(
  "query Watched($requestId:ID!$last:Int!){request(id:$requestId){id briefings(last:$last){edges{node{...BriefingRow}}}}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const StartDocument = /* @__PURE__ */ gql<StartMutation, StartMutationVariables>(
  "mutation Start($input:StartBriefingInput!){startBriefing(input:$input){...RequestRow briefings(last:40){edges{node{...BriefingRow}}}}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const EndDocument = /* @__PURE__ */ gql<EndMutation, EndMutationVariables>(
  "mutation End($username:String!$cameraId:ID){endBriefing(username:$username cameraId:$cameraId){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const RunNowDocument = /* @__PURE__ */ gql<RunNowMutation, RunNowMutationVariables>(
  "mutation RunNow($requestId:ID!){runNow(requestId:$requestId){...BriefingRow}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}",
);

export const RequestChangedDocument = /* @__PURE__ */ gql<RequestChangedSubscription, RequestChangedSubscriptionVariables>(
  "subscription RequestChanged($username:String!){requestChanged(username:$username){...RequestRow}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const NowDocument = /* @__PURE__ */ gql<NowQuery, NowQueryVariables>(
  "query Now($username:String!){user(username:$username){id username custom seenAt activeRequests{...RequestRow camera{...CameraNow}briefings(last:1){edges{node{...BriefingRow}}}}requests(first:1){edges{node{...RequestRow camera{...CameraNow}briefings(last:40){edges{node{...BriefingRow}}}}}}}about{timeZone wording}}fragment BriefingRow on Briefing{id cursor requestId at caption headline description question counts{name count}degraded reportedWrong unchanged made{source model}facts{people change brightness scene detector counts{name count method estimate}}}fragment CameraNow on Camera{id name health{state since detail english:detail(language:EN)}lastFrame{id width height at url}}fragment RequestRow on Request{id username name interval endTime startedAt endsAt endedAt active endReason ticks{done skipped missed unchanged}camera{id name}}",
);

export const CameraDocument = /* @__PURE__ */ gql<CameraQuery, CameraQueryVariables>(
  "query Camera($id:ID!){camera(id:$id){...CameraNow}}fragment CameraNow on Camera{id name health{state since detail english:detail(language:EN)}lastFrame{id width height at url}}",
);

export const AboutDocument = /* @__PURE__ */ gql<AboutQuery, AboutQueryVariables>(
  "query About{about{version store camera wording timeZone accounts}}",
);

export const LoginDocument = /* @__PURE__ */ gql<LoginMutation, LoginMutationVariables>(
  "mutation Login($username:String!){login(username:$username){outcome user{id username custom}}}",
);

export const SaveStyleDocument = /* @__PURE__ */ gql<SaveStyleMutation, SaveStyleMutationVariables>(
  "mutation SaveStyle($input:StyleInput!){saveStyle(input:$input){user{id username custom}notes{...NoteRow}}}fragment NoteRow on StyleNote{code text line}",
);
