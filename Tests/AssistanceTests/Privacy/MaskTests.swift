import Assistance
import Testing

/// Domain 4.9.
@Suite struct `A mask` {
    @Test(arguments: [
        ("张", "张*"), ("张三", "张*"), ("张小三", "张*三"), ("欧阳小三", "欧**三"), ("阿里木·买买提", "阿里木·**"), ("", ""),
        ("𠮷三", "𠮷*"), ("𠮷小三", "𠮷*三"), ("e\u{301}小三", "e\u{301}*三"),
    ])
    func `of a name keeps what a reader counts as first and last`(name: String, masked: String) {
        #expect(Mask.name(name) == masked)
    }

    @Test(
        arguments: [
            (MaskLevel.publicNotice, nil), (.ownPaper, "**************0013"), (.workList, "990000********0013"),
            (.casePage, "990000********0013"), (.statistics, nil),
        ] as [(MaskLevel, String?)])
    func `of an identity number goes by the level`(level: MaskLevel, masked: String?) {
        #expect(Mask.identityNumber("990000196001010013", level) == masked)
    }

    @Test(
        arguments: [
            (MaskLevel.publicNotice, nil), (.ownPaper, "*******5678"), (.workList, "138****5678"),
            (.casePage, "13812345678"),
            (.statistics, nil),
        ] as [(MaskLevel, String?)])
    func `of a telephone number goes by the level`(level: MaskLevel, masked: String?) {
        #expect(Mask.phone("13812345678", level) == masked)
    }

    @Test func `never shows the whole of a short number`() {
        for level in MaskLevel.allCases {
            #expect(Mask.account("1234", level)?.contains("1234") != true)
            #expect(Mask.identityNumber("1234", level)?.contains("1234") != true)
        }
    }

    @Test func `of statistics hides counts under five`() {
        #expect([0, 1, 4, 5, 120].map(Mask.cell) == ["0", "<5", "<5", "5", "120"])
    }
}
