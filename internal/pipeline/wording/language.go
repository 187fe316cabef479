package wording

import "regexp"

// otherLanguages finds wishes for a language that is neither Korean nor English. In Korean the name
// of a language, such as 중국어, matches anywhere. In English "in" or a verb of speech comes before
// the name, because "Spanish customers" asks for no language.
var otherLanguages = regexp.MustCompile(`(?:일본|중국|프랑스|불란서|독일|스페인|서반아|러시아|베트남|월남|태국|` +
	`이탈리아|이태리|포르투갈|아랍|몽골|인도네시아|힌디|터키|튀르키예|우크라이나|네덜란드|폴란드|스웨덴|라틴|말레이|` +
	`미얀마|버마|캄보디아|크메르|네팔|우즈베크|우즈벡|필리핀|그리스|헝가리|체코|에스페란토|광둥|대만|히브리|벵골|` +
	`페르시아|핀란드|덴마크|노르웨이|루마니아|카자흐)(?:어|말)|만다린|일어로|불어로|독어로|중어로|일문으로|중문으로|한문으로|` +
	`\b(?:in|into|speak|use|write|using|only|reply in|answer in)(?: (?:plain|simple|polite|formal|casual|` +
	`short|simplified|traditional|brazilian|mexican))? (?:japanese|chinese|mandarin|cantonese|french|german|` +
	`spanish|russian|vietnamese|thai|italian|portuguese|arabic|mongolian|indonesian|hindi|turkish|` +
	`ukrainian|dutch|polish|swedish|latin|malay|burmese|khmer|nepali|uzbek|tagalog|filipino|greek|` +
	`hungarian|czech|esperanto|taiwanese|hebrew|bengali|persian|farsi|finnish|danish|norwegian|` +
	`romanian|kazakh|urdu|tamil|swahili|lao|serbian|croatian|bulgarian|catalan)\b|` +
	`\b(?:japanese|chinese|mandarin|french|german|spanish|russian|vietnamese|thai|italian|portuguese|` +
	`arabic|hindi|turkish|dutch|polish)(?:,? please\b|$)|日本語|中文|汉语|漢語|français|deutsch|español|` +
	`tiếng việt|русск|italiano|português`)
