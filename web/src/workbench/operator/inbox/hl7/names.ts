//! What the segments and fields of HL7 v2.5.1 are called: names in the standard's order, English and Chinese.
//! A table; a field that has no name here is shown by its number alone.

interface Named {
  en: string;
  zh: string;
  /** `English|中文`, one for each field from the first on; an empty one has no name. */
  fields: string[];
}

const NAMES: Record<string, Named> = {
  MSH: {
    en: "Message header",
    zh: "消息头",
    fields:
      "Field separator|字段分隔符;Encoding characters|编码字符;Sending application|发送应用;Sending facility|发送机构;Receiving application|接收应用;Receiving facility|接收机构;Date and time of message|消息时间;Security|安全;Message type|消息类型;Message control id|消息控制号;Processing id|处理方式;Version|版本;Sequence number|序号;Continuation pointer|续接指针;Accept acknowledgment|接收应答方式;Application acknowledgment|应用应答方式;Country|国家;Character set|字符集;Principal language|主要语言;Alternate character set handling|备用字符集;Message profile|消息规范".split(
        ";",
      ),
  },
  EVN: {
    en: "Event type",
    zh: "事件",
    fields: "Event type|事件类型;Recorded|记录时间;Planned|计划时间;Reason|事件原因;Operator|操作员;Occurred|发生时间;Facility|事件机构".split(";"),
  },
  PID: {
    en: "Patient identification",
    zh: "患者基本信息",
    fields:
      "Set id|序号;Patient id (old)|患者号（旧）;Patient identifier list|患者标识列表;Alternate patient id|备用患者号;Patient name|姓名;Mother's maiden name|母亲婚前姓;Date of birth|出生日期;Sex|性别;Patient alias|别名;Race|种族;Address|地址;County|区县代码;Phone, home|家庭电话;Phone, business|工作电话;Language|语言;Marital status|婚姻状况;Religion|宗教;Account number|账号;SSN|社会保障号;Driver's licence|驾驶证号;Mother's identifier|母亲标识;Ethnic group|民族;Birth place|出生地;Multiple birth|多胎;Birth order|出生顺序;Citizenship|国籍;Veteran status|军人状况;Nationality|国籍代码;Death date and time|死亡时间;Death indicator|死亡标志;Identity unknown|身份不明;Identity reliability|身份可靠性;Last update|最后更新时间;Last update facility|最后更新机构".split(
        ";",
      ),
  },
  PD1: {
    en: "Additional demographics",
    zh: "患者附加信息",
    fields: "Living dependency|依赖情况;Living arrangement|居住情况;Primary facility|主要医疗机构;Primary care provider|签约医生".split(";"),
  },
  NK1: {
    en: "Next of kin",
    zh: "联系人",
    fields: "Set id|序号;Name|姓名;Relationship|关系;Address|地址;Phone|电话;Business phone|工作电话;Contact role|联系人角色".split(";"),
  },
  PV1: {
    en: "Patient visit",
    zh: "就诊",
    fields:
      "Set id|序号;Patient class|就诊类型;Assigned location|病区床位;Admission type|入院类型;Preadmit number|预入院号;Prior location|原病区床位;Attending doctor|主管医生;Referring doctor|转诊医生;Consulting doctor|会诊医生;Hospital service|科室;Temporary location|临时床位;Preadmit test|入院前检查;Re-admission|再入院;Admit source|入院来源;Ambulatory status|活动能力;VIP|重要患者;Admitting doctor|收治医生;Patient type|患者类型;Visit number|就诊号;Financial class|费别;Charge price|计价;Courtesy code|优惠代码;Credit rating|信用;Contract code|合同代码;Contract effective date|合同生效日;Contract amount|合同金额;Contract period|合同期限;Interest code|利息代码;Transfer to bad debt|坏账代码;Transfer to bad debt date|坏账日期;Bad debt agency|坏账机构;Bad debt transfer amount|坏账金额;Bad debt recovery amount|坏账收回;Delete account|账户删除;Delete account date|账户删除日;Discharge disposition|离院方式;Discharged to|离院去向;Diet|饮食;Servicing facility|服务机构;Bed status|床位状态;Account status|账户状态;Pending location|待转床位;Prior temporary location|原临时床位;Admit date and time|入院时间;Discharge date and time|出院时间;Current balance|当前余额;Total charges|总费用".split(
        ";",
      ),
  },
  PV2: {
    en: "Patient visit, additional",
    zh: "就诊附加信息",
    fields: "Prior pending location|原待转床位;Accommodation|住宿;Admit reason|入院原因;Transfer reason|转科原因;Valuables|贵重物品;Valuables location|存放处;Visit user code|就诊代码;Expected admit|预计入院;Expected discharge|预计出院".split(
      ";",
    ),
  },
  AL1: {
    en: "Allergy",
    zh: "过敏",
    fields: "Set id|序号;Allergen type|过敏原类型;Allergen|过敏原;Severity|严重程度;Reaction|反应;Identification date|发现日期".split(";"),
  },
  DG1: {
    en: "Diagnosis",
    zh: "诊断",
    fields:
      "Set id|序号;Coding method|编码方法;Diagnosis code|诊断编码;Description|诊断描述;Date and time|诊断时间;Type|诊断类型;Major category|主要分类;Diagnostic group|诊断分组;Approval|批准;Grouper review|分组审核;Outlier type|离群类型;Outlier days|离群天数;Outlier cost|离群费用;Grouper version|分组版本;Priority|优先级;Diagnosing clinician|诊断医生".split(
        ";",
      ),
  },
  PR1: {
    en: "Procedure",
    zh: "手术操作",
    fields: "Set id|序号;Coding method|编码方法;Procedure code|操作编码;Description|操作描述;Date and time|操作时间;Functional type|类型;Minutes|时长（分钟）;Anaesthetist|麻醉医生;Anaesthesia|麻醉方式;Anaesthesia minutes|麻醉时长;Surgeon|术者".split(
      ";",
    ),
  },
  IN1: {
    en: "Insurance",
    zh: "保险",
    fields: "Set id|序号;Plan id|险种;Company id|保险机构号;Company name|保险机构名称;Company address|地址;Contact|联系人;Phone|电话;Group number|团体号".split(";"),
  },
  ORC: {
    en: "Common order",
    zh: "医嘱公共部分",
    fields:
      "Order control|医嘱控制;Placer order number|申请单号;Filler order number|执行单号;Placer group number|申请组号;Order status|医嘱状态;Response flag|应答标志;Quantity and timing|数量与时间;Parent|父医嘱;Transaction time|操作时间;Entered by|录入者;Verified by|核对者;Ordering provider|开单医生;Enterer's location|录入地点;Call back phone|回呼电话;Effective time|生效时间;Control reason|控制原因;Entering organization|录入机构;Entering device|录入设备;Action by|执行者".split(
        ";",
      ),
  },
  OBR: {
    en: "Observation request",
    zh: "检验检查申请",
    fields:
      "Set id|序号;Placer order number|申请单号;Filler order number|执行单号;Universal service id|项目;Priority|优先级;Requested|申请时间;Observed|采集开始;Observation end|采集结束;Collection volume|采集量;Collector|采集者;Specimen action|标本处理;Danger code|危险代码;Clinical information|临床信息;Specimen received|标本接收;Specimen source|标本来源;Ordering provider|开单医生;Call back phone|回呼电话;Placer field 1|申请字段一;Placer field 2|申请字段二;Filler field 1|执行字段一;Filler field 2|执行字段二;Results reported|报告时间;Charge|收费;Diagnostic service|检查类别;Result status|结果状态;Parent result|父结果;Quantity and timing|数量与时间;Copies to|抄送;Parent|父申请;Transport|运送方式;Reason for study|检查原因;Principal interpreter|报告医生;Assistant interpreter|审核医生;Technician|技师;Transcriptionist|录入者;Scheduled|预约时间".split(
        ";",
      ),
  },
  OBX: {
    en: "Observation result",
    zh: "结果",
    fields:
      "Set id|序号;Value type|值类型;Observation id|项目;Observation sub-id|子项;Value|结果值;Units|单位;Reference range|参考范围;Abnormal flags|异常标志;Probability|概率;Nature of abnormal test|异常性质;Result status|结果状态;Effective date of range|参考范围日期;User access checks|访问控制;Observed|检测时间;Producer|检验机构;Responsible observer|检验者;Method|方法;Equipment|设备;Analysed|分析时间".split(
        ";",
      ),
  },
  NTE: { en: "Notes", zh: "备注", fields: "Set id|序号;Source|来源;Comment|备注;Type|类型".split(";") },
  SPM: {
    en: "Specimen",
    zh: "标本",
    fields: "Set id|序号;Specimen id|标本号;Parent ids|父标本号;Type|标本类型;Type modifier|类型修饰;Additives|添加剂;Collection method|采集方法;Source site|部位".split(";"),
  },
  MRG: {
    en: "Merge information",
    zh: "合并信息",
    fields: "Prior patient identifiers|原患者标识;Prior alternate id|原备用号;Prior account|原账号;Prior patient id|原患者号;Prior visit number|原就诊号;Prior alternate visit|原备用就诊号;Prior name|原姓名".split(
      ";",
    ),
  },
  SCH: {
    en: "Scheduling activity",
    zh: "预约",
    fields:
      "Placer appointment id|申请预约号;Filler appointment id|执行预约号;Occurrence number|次序;Placer group|申请组号;Schedule id|排班号;Event reason|事件原因;Appointment reason|预约原因;Appointment type|预约类型;Duration|时长;Duration units|时长单位;Timing|时间安排;Placer contact|申请联系人;Placer phone|申请电话;Placer address|申请地址;Placer location|申请地点;Filler contact|执行联系人;Filler phone|执行电话;Filler address|执行地址;Filler location|执行地点;Entered by|录入者;Entered by phone|录入者电话;Entered by location|录入地点;Parent placer id|父申请号;Parent filler id|父执行号;Filler status|预约状态".split(
        ";",
      ),
  },
  RGS: { en: "Resource group", zh: "资源组", fields: "Set id|序号;Action|动作;Group id|组号".split(";") },
  AIS: {
    en: "Appointment service",
    zh: "预约服务",
    fields: "Set id|序号;Action|动作;Service|服务项目;Start|开始时间;Start offset|开始偏移;Offset units|偏移单位;Duration|时长;Duration units|时长单位".split(";"),
  },
  AIL: { en: "Appointment location", zh: "预约地点", fields: "Set id|序号;Action|动作;Location|地点;Location type|地点类型;Group|组;Start|开始时间".split(";") },
  AIP: { en: "Appointment personnel", zh: "预约人员", fields: "Set id|序号;Action|动作;Person|人员;Role|角色;Group|组;Start|开始时间".split(";") },
  TXA: {
    en: "Document",
    zh: "文书",
    fields:
      "Set id|序号;Document type|文书类型;Content presentation|内容形式;Activity time|活动时间;Primary provider|责任医生;Origination|产生时间;Transcription|录入时间;Edit time|修改时间;Originator|作者;Authenticator|审核者;Transcriptionist|录入者;Document number|文书号;Parent document|父文书号;Placer order|申请单号;Filler order|执行单号;File name|文件名;Completion status|完成状态".split(
        ";",
      ),
  },
  MSA: { en: "Acknowledgment", zh: "应答", fields: "Code|应答代码;Message control id|消息控制号;Text|应答文本".split(";") },
  ERR: { en: "Error", zh: "错误", fields: "Code and location|错误代码与位置;Location|位置;HL7 error code|错误代码;Severity|严重程度;Application error|应用错误代码".split(";") },
};

type Language = "zh" | "en";

export function segmentName(segment: string, language: Language): string {
  return NAMES[segment]?.[language] ?? segment;
}

/** The name of field `number` of a segment; empty when it has none here. */
export function fieldName(segment: string, number: number, language: Language): string {
  const [en = "", zh = ""] = (NAMES[segment]?.fields[number - 1] ?? "").split("|");
  return language === "zh" ? zh : en;
}
