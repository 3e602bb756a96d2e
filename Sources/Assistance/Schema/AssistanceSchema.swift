import ChangeSets
import Replica

/// The offices' synced tables, as the engine is told of them.
///
/// Frozen once shipped: a later version is a second value beside ``version1``, with its own migrations, and only adds
/// tables and appends columns.
package enum AssistanceSchema {
    private static let tables1 = [
        householdTable, personTable, memberEventTable, announcementTable, parameterTable, holidayTable, incomeTable,
        rigidExpenseTable,
        assetTable, obligorTable, disabilityTable, careAssessmentTable, findingTable,
        illnessTable, dwellingCheckTable, sightingTable, consentTable,
        applicationTable,
        caseStepTable, homeVisitTable, noticeTable, objectionTable, appraisalTable, decisionTable,
        alertTable, alertFactTable, alertActionTable, referralTable, referralReplyTable,
        bankAccountTable, accountCheckTable, accountToldTable, rosterCheckTable, payBatchTable, payPayeeTable,
        payStepTable,
        payLineTable,
        payReturnTable, monthDecisionTable, reliefTable, reliefPapersTable, reliefWithdrawalTable, reliefFloatTable,
        grantTable, grantWithdrawalTable, recoveryTable,
        recoveryEntryTable, duplicateTable,
        duplicateVerdictTable,
        accessLogTable, accessAboveTable, districtAccessTable, accessReviewTable, districtAccessReviewTable,
        kinFilingTable, villageExportTable,
        townExportTable, districtExportTable, objectionToldTable,
        complaintTable,
        complaintAnswerTable, townComplaintTable, townComplaintAnswerTable,
    ]

    package static let domain = DomainSchema(
        versions: [version1],
        migrations: tables1.map { ("assistance 1 \($0.name)", $0.sql) }
            + [SignalTable.migration, LogFollower.migration, DeskTables.migration])

    package static let version1 = SyncedSchema(version: 1, tables: tables1.map(\.declaration))
}
