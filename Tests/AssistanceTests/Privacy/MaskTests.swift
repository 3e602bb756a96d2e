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

    @Test(arguments: [
        ("试验村3组12号", "试验村3组**"), ("试验路99号2幢", "试验路**"), ("试验镇试验村", "试验镇试验村"), ("12号", "**"), ("", ""),
        ("试验村2队", "试验村2队"), ("试验路99号新村3栋", "试验路**"), ("三试村12号", "三试村**"),
    ])
    func `of an address keeps what leads to the group`(address: String, masked: String) {
        #expect(Mask.address(address, .workList) == masked)
        #expect(Mask.address(address, .casePage) == address && Mask.address(address, .ownPaper) == address)
        #expect(Mask.address(address, .publicNotice) == nil && Mask.address(address, .statistics) == nil)
    }

    @Test func `of illness and disability is an icon, and nothing on a board`() {
        #expect(Mask.health(isIll: true, isDisabled: true, .workList) == "病残")
        #expect(Mask.health(isIll: false, isDisabled: true, .casePage) == "残")
        #expect(Mask.health(isIll: false, isDisabled: false, .workList) == "")
        #expect(Mask.health(isIll: true, isDisabled: true, .publicNotice) == nil)
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
