/// A snap's assertions with real signatures, made once by Tests/Lab/snap_store.py; its keys are gone.
enum SignedSnap {
    static let storeKey = "mCBSX32rOZStg95jH8y4AGXMYzNITlSgC4b6WPaGGCif-N7ZhLFHZGNFGTE4EDxV"
    static let rootKey = "EQnkEo253jxP3eG7XKv9pcSwWO5EaoaeLt6oJEjtaErkfRVyjhhtJ_Ag_LzGO1la"
    static let id = "lgRNlzS2BEEn3qJOlEfWIw7VImaHc_Ep"
    static let digest =
        "d9543bcfd2703d44bb479af42151f5d09de93c1d2cbe480bf5d779d5651f9f7c81f846c9c077f8ebf498326679cd5e3a"
    static let size = 4096

    /// The root's own account-key, signed by itself.
    static let root = """
        type: account-key
        authority-id: canonical
        revision: 2
        public-key-sha3-384: EQnkEo253jxP3eG7XKv9pcSwWO5EaoaeLt6oJEjtaErkfRVyjhhtJ_Ag_LzGO1la
        account-id: canonical
        name: root
        since: 2016-04-01T00:00:00.0Z
        body-length: 368
        sign-key-sha3-384: EQnkEo253jxP3eG7XKv9pcSwWO5EaoaeLt6oJEjtaErkfRVyjhhtJ_Ag_LzGO1la

        AcbATQRWhcGAAQgAslG3Nueotosmq99IB5JgMMvAKlbP7vPlftymb2dyVgEyGbKSMHr+/5yEZ8En
        l0uiLmXl4JR2/0wsjtWsxtaIcof1RLWceYY8JP0jpiZSXphCB0eoIcbGH7e6qCU64b7rVWN2yjSP
        QJSugUPhG4cBnUXuU0pD1SE4gQVysNDUC/PMzLBMY+x5727EEzssQrrpvi5ZiFVaCb4hbAcRGal4
        UoL2pMzKctq6F43dJirzJ3QcIG9uxW9wIMHsMDpz0FkTJQSQwFe6I91wiCEp1F/DD1cBdsSj/NTo
        u6RwXbSIteFXT0m1E38T/C5umXrlDE4OteYprOJcQHNe+JaksrmELwARAQAB

        AcLAUgQAAQoABgUCafSVwAAA8cUH+wY1GkIXFBcGbsAYeSrRNbfZzrq6s02i25ITVm8RoWghcqAw
        rCq7dq8422Yl1S6GFldz+dUrcKcyj6uEHvB+4jg/NPe4Lk/7j5JUnAKsG7O+2vJ7CiEin7yVOTDL
        L6gM9NTFCmtjL8jApnfDcZeoobWEtX4FQDcB0BiDx4Du55eBaSjnCKFGB5hUl71WwI9PMlguquHs
        uIUXvQZtmS8WmcQW0C1Cjj9jqV5HPHnQDMTmKqHVYUnKRRCWQlHf9lXy33mWUllec2HAIbEoJK+L
        vM3F3jEP88ps66SGf51tcJvL97h3Vh7KighirO2w7LROxfsjjxozXgLZSJfZbfEafYM=

        """

    /// What `snap download` would write: account-key, snap-declaration, snap-revision.
    static let stream = """
        type: account-key
        authority-id: canonical
        revision: 2
        public-key-sha3-384: mCBSX32rOZStg95jH8y4AGXMYzNITlSgC4b6WPaGGCif-N7ZhLFHZGNFGTE4EDxV
        account-id: canonical
        name: store
        since: 2016-04-01T00:00:00.0Z
        body-length: 368
        sign-key-sha3-384: EQnkEo253jxP3eG7XKv9pcSwWO5EaoaeLt6oJEjtaErkfRVyjhhtJ_Ag_LzGO1la

        AcbATQRWhcGAAQgAtw3xOqfDBacQkrAfLz57m+EgFwHdugPVR8HiFPPpdxwrOufwsjGzMdtW5BGq
        fpTf8QDyBU3A+eRaWOgA87ZfdlZHO1botf6DKLptwoDcFW0anpv6Ntlnnfo30BiYOW6gROvofXc/
        8ue7gW20DLJf0uUbYnN0eWuAwRKwneOdQX72hlXd8KfiUAlOWTiiAGjHFfhi05uiv6agcek/VzjO
        Thpv/9Iy3lCmd+2NibGUSrrGhWRfF7t/La2aRD0GyvflckT1Kjh4/umudoTwC5RUcIp0BEjNvuSH
        Xc7gslPZMjvIzB4Q7lU9R0WHeb6CzSj38079qNe++ZDzwvXzgXiuWwARAQAB

        AcLAUgQAAQoABgUCafSVwAAAsacH/01FCkzQEqfzbCmZA25JfnIDxT5F9W+Z+RfP7kT9LcqORNOC
        OrFKOhn+6cjeqp7FNqmBZmCUO2LmTU1bx6dZpwbTqmCNBSF/FLx4KdGIuuZg8D7i5M6o/OtM7eLX
        mjKy9J1ut1/7Q3Myyk22EFO4dL0R5hY+PCe2hdjF6qTpcpxb5o9LW3T5ThahrcCSOt9OA4/7XGGO
        3apCIVlv7eTfKOh+yXzf5LVHw8VSqHxu/b0kiRWG/K+3x8lpwtI9GqJHMGeSiCTHuGOuuh/7rgt0
        lEuj8XEfp55Ulnk9abSjd6v5gf3xP0VMT0bt2gDN+FsTwhIVRKKVYC7gWUCUdLJ81tg=

        type: snap-declaration
        format: 1
        authority-id: canonical
        revision: 4
        series: 16
        snap-id: lgRNlzS2BEEn3qJOlEfWIw7VImaHc_Ep
        publisher-id: canonical
        snap-name: plant
        timestamp: 2026-05-01T12:00:00Z
        sign-key-sha3-384: mCBSX32rOZStg95jH8y4AGXMYzNITlSgC4b6WPaGGCif-N7ZhLFHZGNFGTE4EDxV

        AcLAUgQAAQoABgUCafSVwAAAJQEH/R2jjkd7MPQG7Pwh53UDyFAiId4HpoUpG9FsQMj5IEhB5yN9
        GiXbzu2mdpKY9AyHd8TPIcwa059B2OzalfKfrgWPVtW7g6b4QPig3AQgl/YKzOlyJlINhYRGERoX
        FAvOWf7DfE5rkRwRaZOCYeshVVkqxTi2wA33OZSOPJe9H9xeo62D4k4FXKX/SPbivqDGFum0uK6X
        IahXs/T6V7Oafpm4P+JBiSuJ9S1t94detD5HLzTpHsiZ30hMu2yl8zGk4RBIpfSKj5RWQuwzH+Pf
        L5TQexPbCPOUk/CU36YvQ6QtfaXhXsO+oJi17s/9A2u21gOLParQSJe/3lTGY0wCdJc=

        type: snap-revision
        authority-id: canonical
        snap-sha3-384: 2VQ7z9JwPUS7R5r0IVH10J3pPB0svkgL9dd51WUfn3yB-EbJwHf46_SYMmZ5zV46
        developer-id: canonical
        snap-id: lgRNlzS2BEEn3qJOlEfWIw7VImaHc_Ep
        snap-revision: 7
        snap-size: 4096
        timestamp: 2026-05-01T12:00:00Z
        sign-key-sha3-384: mCBSX32rOZStg95jH8y4AGXMYzNITlSgC4b6WPaGGCif-N7ZhLFHZGNFGTE4EDxV

        AcLAUgQAAQoABgUCafSVwAAAY9gH/1Wd6sIdnxSlpmnqEOW2O6JHp6/jqyU24ZKOexeTqz9pW/RY
        GwPGostmqViXVe+RTy27vJcGavZNXhGROS0BTJ9ixP0eGRxzxElfjx2ax9FGJ93ePdfV/TLvVt6Y
        HL4JGjkL/Gwk/yHMuAFRXhA8CJzG3AAVdkbrzHo68tRSZiWb2/zuEglYiEBs2xmOvLuMRyUqE1Ly
        8yyqpkML5JKiOynX8r7bN0+IyvKiH4acbbmuf0+Ka1a8Tk9gtLUz5MsOT7pxj3Z+5E+2abnBBNiv
        +Ruc8TYxZqsGf0GYei3Ij0nyHKfYunOBrhPeDjNUnpEvdhygMsUG8hdIbCjAdEVTrng=

        """
}
